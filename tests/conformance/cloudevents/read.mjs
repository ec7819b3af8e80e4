// read.mjs PORT TLS-FOLDER PROTO: every service event at the broker through the CloudEvents SDK, a JSON line each.
import {readFileSync} from 'node:fs';
import {MQTT, CloudEvent} from 'cloudevents';
import mqtt from 'mqtt';
import protobuf from 'protobufjs';

const [port, tls, proto] = process.argv.slice(2);
const types = protobuf.loadSync(proto);
const ServiceEvent = types.lookupType('outrider.v1.ServiceEvent');

/** What mqtt.js hands over, as the SDK's MQTT binding wants it. MQTT 3.1.1 names no content type: it is always structured JSON. */
function bindingMessage(payload, packet) {
    const properties = packet.properties ?? {};
    const type = properties.contentType ?? 'application/cloudevents+json';
    const structured = type.startsWith('application/cloudevents');
    return {
        PUBLISH: {'Content Type': type},
        headers: {...properties.userProperties, datacontenttype: type},
        body: structured || type === 'application/json' ? payload.toString('utf8') : payload,
        structured,
    };
}

function dataOf(event, structured) {
    const bytes = event.data_base64 !== undefined ? Buffer.from(event.data_base64, 'base64') : event.data;
    if (event.datacontenttype === 'application/protobuf') {
        return ServiceEvent.toObject(ServiceEvent.decode(bytes), {enums: String, longs: String, bytes: String});
    }
    return structured ? event.data : JSON.parse(event.data);
}

const client = mqtt.connect({
    protocol: 'mqtts', host: 'localhost', port: Number(port), protocolVersion: 5, clientId: 'cloudevents-sdk',
    ca: readFileSync(`${tls}/ca.pem`), cert: readFileSync(`${tls}/console.pem`), key: readFileSync(`${tls}/console.key`),
});
client.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
});
client.on('message', (topic, payload, packet) => {
    if (payload.length === 0 || topic.endsWith('/command')) {
        return;
    }
    const message = bindingMessage(payload, packet);
    const line = {topic, structured: message.structured};
    try {
        const event = MQTT.toEvent(message, true);
        new CloudEvent({...event, data: undefined}, true); // its own strict check of the attributes
        Object.assign(line, {
            id: event.id, source: event.source, type: event.type, specversion: event.specversion, time: event.time,
            subject: event.subject, dataschema: event.dataschema, severity: event.severitynumber,
            correlation: event.correlationid, contenttype: event.datacontenttype, data: dataOf(event, message.structured),
        });
    } catch (error) {
        line.error = error.message + (error.errors ? ' ' + JSON.stringify(error.errors) : '');
    }
    console.log(JSON.stringify(line));
});
await client.subscribeAsync('outrider/v1/#', {qos: 1});
console.log(JSON.stringify({ready: true}));
