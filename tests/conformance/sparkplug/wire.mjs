// wire.mjs PROTO PROXY:BROKER...: stands between a gateway and its brokers and says every MQTT packet as a JSON line, read by mqtt-packet;
// what Sparkplug messages carry is read twice, by sparkplug-payload and by protobufjs with our own schema. Lines on stdin are commands of
// a host, published at a broker by mqtt.js: {"server", "topic", "retain", "text" or "payload"}.
import {createServer, connect} from 'node:net';
import {createInterface} from 'node:readline';
import {gunzipSync, inflateSync} from 'node:zlib';
import mqtt from 'mqtt';
import mqttPacket from 'mqtt-packet';
import protobuf from 'protobufjs';
import sparkplug from 'sparkplug-payload';

const [proto, ...pairs] = process.argv.slice(2);
const Payload = protobuf.loadSync(proto).lookupType('outrider.sparkplug.Payload');
const codec = sparkplug.get('spBv1.0');
const say = (line) => process.stdout.write(JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? Number(value) : value)) + '\n');
const number = (value) => (value === undefined || value === null ? value : Number(value));

/** The payload within a compressed one, as sparkplug-payload reads the wrapping; null: it is plain. */
function unwrap(payload) {
    const outer = codec.decodePayload(payload);
    if (outer.uuid !== 'SPBV1.0_COMPRESSED') return null;
    const algorithm = outer.metrics.find((metric) => metric.name === 'algorithm').value;
    const inflate = {DEFLATE: inflateSync, GZIP: gunzipSync}[algorithm];
    return {algorithm, seq: number(outer.seq), bytes: payload.length, inner: inflate(outer.body)};
}

/** types: alias -> datatype, as births tell it and data does not; sparkplug-payload reads no value without one. */
function read(payload, types) {
    const wrapped = unwrap(payload);
    if (wrapped !== null) {
        const {inner, ...how} = wrapped;
        return {...read(inner, types), wrapped: {...how, plain: inner.length}};
    }
    const message = Payload.decode(payload);
    const raw = Payload.toObject(message, {longs: Number, oneofs: true});
    for (const metric of message.metrics ?? []) {
        const alias = Number(metric.alias);
        if (Object.hasOwn(metric, 'datatype')) types.set(alias, metric.datatype);
        else metric.datatype = types.get(alias);
    }
    const metrics = (raw.metrics ?? []).map((metric) => ({...metric, value: metric[metric.value], field: metric.value}));
    let theirs = null;
    try {
        const decoded = codec.decodePayload(Buffer.from(Payload.encode(message).finish()));
        theirs = decoded.metrics.map((m) => ({name: m.name, alias: number(m.alias), timestamp: number(m.timestamp), value: m.value?.low ?? m.value,
                                             type: m.type, isHistorical: m.isHistorical}));
    } catch (error) {
        theirs = String(error);
    }
    return {...raw, metrics, theirs};
}

function watch(server, way, connection, version, aliases) {
    const types = new Map();
    const parser = mqttPacket.parser({protocolVersion: version});
    parser.on('packet', (packet) => {
        const out = {server, way, connection, at: Date.now(), cmd: packet.cmd};
        for (const name of ['qos', 'retain', 'topic', 'protocolVersion', 'clean', 'clientId', 'subscriptions', 'reasonCode', 'properties'])
            if (packet[name] !== undefined) out[name] = packet[name];
        const alias = packet.properties?.topicAlias;
        if (alias !== undefined && packet.topic === '') out.topic = aliases.get(alias);
        else if (alias !== undefined) aliases.set(alias, packet.topic);
        if (packet.will) out.will = {topic: packet.will.topic.toString(), qos: packet.will.qos, retain: packet.will.retain,
                                     payload: read(packet.will.payload, types)};
        if (packet.cmd === 'publish' && /^spBv1.0\/[^/]+\/[ND](BIRTH|DATA|DEATH|CMD)\//.test(out.topic)) out.payload = read(packet.payload, types);
        else if (packet.cmd === 'publish') out.bytes = packet.payload.length;
        say(out);
    });
    parser.on('error', (error) => say({server, way, connection, error: String(error)}));
    return parser;
}

let connections = 0;
const hosts = [];
pairs.forEach((pair, server) => {
    const [port, broker] = pair.split(':').map(Number);
    createServer((gateway) => {
        const connection = connections++;
        const upstream = connect(broker, '127.0.0.1');
        let up = null;
        let down = null;
        gateway.on('data', (data) => {
            if (up === null) { // the version stands in the first packet: length, "MQTT", version
                const version = data[data.indexOf('MQTT') + 4];
                up = watch(server, 'up', connection, version, new Map());
                down = watch(server, 'down', connection, version, new Map());
            }
            up.parse(data);
            upstream.write(data);
        });
        upstream.on('data', (data) => { down?.parse(data); gateway.write(data); });
        const end = () => { gateway.destroy(); upstream.destroy(); say({server, connection, cmd: 'end', at: Date.now()}); };
        for (const socket of [gateway, upstream]) socket.once('close', end).on('error', () => {});
    }).listen(port, '127.0.0.1');
    hosts[server] = mqtt.connect({host: '127.0.0.1', port: broker, protocolVersion: 5, clientId: `host-${server}`});
});
await Promise.all(hosts.map((host) => new Promise((done) => host.once('connect', done))));
say({cmd: 'ready'});

createInterface({input: process.stdin}).on('line', (line) => {
    const {server, topic, retain, text, payload} = JSON.parse(line);
    hosts[server].publish(topic, text ?? Buffer.from(codec.encodePayload(payload)), {qos: text ? 1 : 0, retain: retain ?? false});
});
