"""What does a small good file of each format look like?"""

import json

NATIVE = """\
{"format":"dscheck-trace/1","order":"causal","nodes":["a","b"],"clock":{"unit":"us","skew":5},"init":{"x":{"#set":[1,2]}}}
{"node":"a","kind":"send","msg":1,"peer":"b","vc":{"a":1},"ts":10}
{"node":"b","kind":"recv","msg":1,"peer":"a","vc":{"a":1,"b":1},"ts":12,"ts_err":1}
{"node":"b","action":"Take","args":{"n":1},"vars":{"x":{"#map":[[1,"a"]]}},"lock":"l","hold":true,"colour":"red"}
{"node":"a","kind":"invoke","f":"cas","key":"k","value":[1,2],"hlc":[10,0],"lc":3,"vv":{"a":2}}
{"node":"a","kind":"ok","f":"cas","key":"k","role":"leader","term":2,"src":["other.log",7]}
"""

SHIVIZ = """\
(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)
^=== (?<trace>.*) ===$
=== one ===
a {"a":1}
starts
b {"a":1, "b":1}
hears of "a"
=== two ===
a {"a":1, "x \\" y":1}
starts again
"""

JEPSEN_EDN = """\
; a history
[{:process 0, :type :invoke, :f :cas, :value [1 2], :time 5, :index 0}
 #jepsen.history.Op{:process 0, :type :fail, :f :cas, :value [1 2], :error [:wrong "a \\"b\\"" #{1 2} 1.5 1/2 \\a]}
 #_ {:process 9 :type :nonsense}
 {:process :nemesis, :type :info, :f :kill, :value nil}
 {:process 1, :type :invoke, :f :read, :value nil, :key "k"}]
"""

JEPSEN_JSON = """\
[{"process": 0, "type": "invoke", "f": "write", "value": 3, "time": 1},
 {"process": 0, "type": "info", "f": "write", "value": 3},
 {"process": "nemesis", "type": "info", "f": "kill"}]
"""

JEPSEN_LOG = (
    "INFO  jepsen.util - 0\t:invoke\t:write\t4\n"
    "INFO  jepsen.core - something else\n"
    "INFO jepsen.util - 1 :invoke :cas [1 2]\n"
    "INFO  jepsen.util - 0\t:info\t:write\t4\t:timed-out\n"
)


def _span(span: str, parent: str, kind: int, start: int, end: int) -> dict[str, object]:
    return {
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": span,
        "parentSpanId": parent,
        "name": f"span {span}",
        "kind": kind,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(end),
        "attributes": [{"key": "size", "value": {"intValue": "12"}}],
        "events": [{"timeUnixNano": str(start + 1), "name": "inside"}],
    }


def _service(name: str, *spans: dict[str, object]) -> dict[str, object]:
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]}
    return {"resource": resource, "scopeSpans": [{"scope": {"name": "s"}, "spans": list(spans)}]}


OTLP = json.dumps(
    {
        "resourceSpans": [
            _service("front", _span("b7ad6b7169203331", "", 3, 100, 200)),
            _service("back", _span("00f067aa0ba902b7", "b7ad6b7169203331", 2, 900, 950)),
        ]
    },
    indent=1,
)

ITF = """\
{"#meta": {"format": "ITF"}, "vars": ["x", "y"], "loop": 1,
 "states": [
  {"#meta": {"index": 0}, "mbt::actionTaken": "init", "x": {"#bigint": "12345678901234567890"}, "y": {"#set": []}},
  {"#meta": {"index": 1}, "mbt::actionTaken": "step", "mbt::nondetPicks": {"n": {"tag": "Some", "value": 2},
    "m": {"tag": "None", "value": {"#tup": []}}}, "x": {"#tup": [1, "a"]},
    "y": {"#set": [{"#tup": [1, 2]}, {"from": [1]}]}},
  {"#meta": {"index": 2}, "x": 3, "y": {"#map": [[{"#set": [1]}, {"None": 1}]]}}
 ]}
"""

CSV = """\
node,kind,msg,ts,vars.x,vc,note
a,send,m1,10,1,"{""a"": 1}",hello
b,recv,m1,11,[1],"{""a"": 1, ""b"": 1}",
a,,,,,,"two
lines"
"""

TEXT = """\
10 a starts
11 b stops
"""
TEXT_PATTERN = r"(?<ts>\d+) (?<node>\w+) (?<action>.*)"

NDJSON = """\
{"N": 2}
{"tag": "t", "at": 0.5, "event": {"id": "a", "name": "SendPing", "list": [1, {"x": 2}]}}
{"tag": "u", "event": {"id": "a"}}
{"tag": "t", "at": 0.25, "event": {"id": "b", "name": "GetPing"}}
"""
NDJSON_MAPPING = """\
# of the example
keep = tag
  t -> true
header.init.N = N
header.order = causal
node = event.id
kind = event.name
  Send* -> send
  Get* -> recv
msg = "m" + event.name
  /m[A-Z][a-z]+(P.*)/ -> \\1
messages = in-order
ts = seconds(at)
args.x = event.list.1.x
send.peer = "b"
"""


# format: (text, what has to be said beside it)
def _jaeger_span(span: str, kind: str, process: str, start: int, duration: int, references: list[object]) -> object:
    return {
        "traceID": "0af7651916cd43dd",
        "spanID": span,
        "operationName": f"GET {span}",
        "references": references,
        "startTime": start,
        "duration": duration,
        "tags": [{"key": "span.kind", "type": "string", "value": kind}, {"key": "size", "type": "int64", "value": 12}],
        "logs": [{"timestamp": start + 1, "fields": [{"key": "event", "type": "string", "value": "cache miss"}]}],
        "processID": process,
        "warnings": None,
    }


def _reference(kind: str, span: str) -> object:
    return {"refType": kind, "traceID": "0af7651916cd43dd", "spanID": span}


JAEGER = json.dumps(
    {
        "data": [
            {
                "traceID": "0af7651916cd43dd",
                "spans": [
                    _jaeger_span("a1", "client", "p1", 100, 100, []),
                    _jaeger_span("b2", "server", "p2", 900, 50, [_reference("CHILD_OF", "a1")]),
                    _jaeger_span("c3", "producer", "p2", 910, 5, [_reference("CHILD_OF", "b2")]),
                    _jaeger_span("d4", "consumer", "p1", 300, 5, [_reference("FOLLOWS_FROM", "c3")]),
                ],
                "processes": {
                    "p1": {"serviceName": "front", "tags": []},
                    "p2": {"serviceName": "back", "tags": [{"key": "ip", "type": "string", "value": "10.0.0.1"}]},
                },
            }
        ],
        "total": 0,
        "errors": None,
    },
    indent=1,
)

SAMPLES: dict[str, tuple[str, dict[str, str]]] = {
    "native": (NATIVE, {}),
    "shiviz": (SHIVIZ, {}),
    "jepsen-edn": (JEPSEN_EDN, {}),
    "jepsen-json": (JEPSEN_JSON, {}),
    "jepsen-log": (JEPSEN_LOG, {}),
    "otlp": (OTLP, {}),
    "jaeger": (JAEGER, {}),
    "itf": (ITF, {}),
    "csv": (CSV, {}),
    "text": (TEXT, {"pattern": TEXT_PATTERN}),
    "ndjson": (NDJSON, {"mapping": NDJSON_MAPPING}),
}
