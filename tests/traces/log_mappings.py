"""Which mapping files read the logs of known projects? Examples for users, and what the corpus is read with."""

# https://github.com/etcd-io/raft/tree/main/tla: messages have no ids, so equal ones are told apart by order.
ETCD_RAFT = r"""
format = ndjson
header.order = total
keep = tag
  trace -> true
node = event.nid
action = event.name
kind = event.name
  Send* -> send
  Receive* -> recv
ts = seconds(ts)
msg = event.msg
messages = in-order
send.peer = event.msg.to
recv.peer = event.msg.from
args.msg = event.msg
args.prop = event.prop
vars.term = event.state.term
vars.vote = event.state.vote
vars.commit = event.state.commit
vars.log = event.state.log
vars.log = event.log
vars.conf = event.conf
term = event.state.term
role = event.role
  State* -> =
"""

# https://github.com/tlaplus/Examples, specifications/ewd998: in no order.
# A node's own clock entry numbers its lines.
EWD998 = r"""
format = ndjson
keep = event
  * -> true
header.init.N = N
node = node
seq = own(pkt.vc)
vc = pkt.vc
kind = event
  > -> send
  < -> recv
action = event
send.peer = pkt.rcv
recv.peer = pkt.snd
args = pkt.msg
"""

# https://github.com/microsoft/CCF, tla/consistency/traces: requests and responses of transactions, seen from one side.
CCF = r"""
format = ndjson
header.order = total
node = "client"
action = action
args.tx = tx
args.tx_id = tx_id
args.status = status
other.type = type
"""

# https://github.com/p-org/P, the lock server of PObserve: a history of one lock for each LockID.
_LOCK_SERVER_LINE = (
    r"(?:(?<date>\S+ \d+:\d+:\d+\.\d{6})|\S+ \d+:\d+:\d+\.\d{3}\.(?<nanoseconds>\d+)) "
    r"\[[^\]]*\] INFO +StructuredLogger - : MessageType=(?<type>\w+), ClientID=(?<client>\d+), LockID=(?<lock>\d+), "
    r"TransactionType=(?<do>\w+), TransactionID=(?<tx>\d+), Result=(?<result>\w+), "
    r"LockStatus=(?<status>\w+), Message=(?<message>.*)"
)
POBSERVE = rf"""
format = text
pattern = {_LOCK_SERVER_LINE}
unmatched = skip
sort = time
ts = date(date)
ts = nanoseconds
node = client
kind = type + " " + result
  REQUEST * -> invoke
  RESPONSE SUCCESS -> ok
  RESPONSE FAIL -> fail
op = tx
f = do
  LOCK -> acquire
  RELEASE -> release
key = lock
other.status = status
lock = type + " " + result + " " + lock
  /RESPONSE SUCCESS (\d+)/ -> \1
hold = type + " " + do + " " + result
  RESPONSE LOCK SUCCESS -> true
  RESPONSE RELEASE SUCCESS -> false
"""

# The WiredTiger lock trace among ShiViz' examples: a lock is acquired when X__wt_fs_lock is left, and released when
# X__wt_fs_unlock is entered.
FS_LOCK = r"""
format = shiviz
pattern = (?<timestamp>(\d*)) (?<event>.*)\n(?<host>\w*) (?<clock>.*)
lock = event
  /^Exiting (.*)__wt_fs_lock$/ -> \1
  /^Entering (.*)__wt_fs_unlock$/ -> \1
hold = event
  Exiting *__wt_fs_lock -> true
  Entering *__wt_fs_unlock -> false
"""
