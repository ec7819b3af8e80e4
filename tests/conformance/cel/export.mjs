// Writes the suite's tests as JSON lines: section/group/name, a request for `outrider eval --json`, and what it must give.
import { tests as root } from '@bufbuild/cel-spec/testdata/conformance.js';

const known = /google\.protobuf\.(Timestamp|Duration)\b/g;

// Whether the test needs a protobuf message or enum: as a value, as a type, or made in the expression.
function needsMessage(test) {
    const text = JSON.stringify(test).replace(known, '');
    return /TestAllTypes|objectValue|enumValue|messageType|google\.protobuf\.|[A-Za-z0-9]Value ?\{/.test(
        text.replace(/\{"objectValue":\{"@type":"type\.googleapis\.com\/"[^}]*\}\}/g, ''));
}

function bindings(test) {
    const out = {};
    for (const [name, bound] of Object.entries(test.bindings ?? {})) out[name] = bound.value;
    return out;
}

function write(test, path) {
    process.stdout.write(JSON.stringify({
        name: [...path, test.name].join('/'),
        message: needsMessage(test),
        checkOnly: test.checkOnly === true,
        request: { expr: test.expr, bindings: bindings(test), container: test.container ?? '' },
        value: test.value ?? (test.typedResult ? test.typedResult.result : undefined),
        error: test.evalError !== undefined,
    }) + '\n');
}

function walk(suite, path) {
    for (const test of suite.tests ?? []) write(test.original, path);
    for (const inner of suite.suites ?? []) walk(inner, [...path, inner.name]);
}

walk(root, []);
