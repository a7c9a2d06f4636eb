"""The declared attributes: OpenTelemetry's semantic conventions, and the learning platform's own.

Source: OpenTelemetry semantic conventions 1.3x (http, url, db, messaging, gen_ai, exception, k8s, browser …).
A string attribute that is not here is undeclared: it is stored as a token until someone declares it.
"""

from collections.abc import Iterable

from eduscope.contract.classes import FieldClass
from eduscope.contract.field import Field, FieldType

C = FieldClass


def _table(field_class: FieldClass, rows: str, type_: FieldType = "string") -> Iterable[Field]:
    """Reads `name: description` lines into fields of one class and type."""
    for row in rows.strip().splitlines():
        name, _, description = row.strip().partition(": ")
        yield Field(name, field_class, type_, description)


LABELS = """
edulearn.under_13: true where the session is of a child under 13: the record is kept for days
http.request.method: The method of the request, in capitals
http.request.method_original: The method as the client sent it
http.outcome: ok, client_error, server_error or disconnected
http.request.header.accept: The media types the client takes
http.request.header.accept_encoding: The encodings the client takes
http.request.header.accept_language: The languages the client takes
http.request.header.content_encoding: The encoding of the body
http.request.header.content_type: The media type of the body
http.request.header.sec_fetch_mode: How the browser asks
http.request.header.sec_fetch_site: From where the browser asks
http.request.header.x_requested_with: What asked, by its own word
url.query.lang: The language asked for
url.query.limit: How many were asked for
url.query.offset: Where the answer begins
url.query.order: The order asked for
url.query.page: The page asked for
url.query.page_size: How many a page has
url.query.sort: What the answer is sorted by
url.scheme: http or https
network.protocol.name: The application protocol
network.protocol.version: The version of the protocol
network.transport: tcp, udp, unix
network.type: ipv4 or ipv6
peer.service: The service called, by its own name
error.type: The class of the failure: an exception's type or a status code
exception.type: The type of the exception
exception.escaped: Whether the exception left the span
db.system.name: The database product
db.system: The database product (before conventions 1.30)
db.operation.name: The operation: SELECT, INSERT …
db.operation: The operation (before conventions 1.30)
db.collection.name: The table
db.namespace: The database and schema
db.response.status_code: The database's own code for the outcome
db.constraint.name: The constraint that refused
db.client.connection.pool.name: The pool
db.client.connection.state: idle or used
db.client.connection.event: connect, close, overflow, timeout or invalidate
messaging.system: The queue product
messaging.operation.name: The system's word for the operation
messaging.operation.type: create, send, receive, process or settle
messaging.destination.name: The queue
messaging.consumer.group.name: The group of consumers
rpc.system: The kind of remote call
rpc.service: The service called
rpc.method: The method called
gen_ai.operation.name: chat, embeddings, retrieval …
gen_ai.provider.name: Who serves the model
gen_ai.system: Who serves the model (before conventions 1.37)
gen_ai.request.model: The model asked for
gen_ai.response.model: The model that answered
gen_ai.response.finish_reasons: Why the model stopped
gen_ai.token.type: input or output
gen_ai.tool.name: The tool the model called
ai.model: The model
ai.model_version: The version of the model that answered
feedback.reason: Why, as one word of a small set
recommendation.kind: What was recommended: course, lesson, exercise
ai.outcome: ok, error, timeout, cancelled or refused
ai.cache: hit or miss
feature_flag.key: The flag
feature_flag.result.variant: The variant served
telemetry.sdk.name: The SDK that made the record
telemetry.sdk.language: The SDK's language
telemetry.distro.name: The distribution of the SDK
process.runtime.name: The interpreter
process.executable.name: The program
os.type: The operating system
os.name: The operating system's name
host.arch: The processor
cloud.provider: The cloud
cloud.region: The region
cloud.availability_zone: The zone
cloud.platform: The product of the cloud
k8s.cluster.name: The cluster
k8s.namespace.name: The namespace
k8s.deployment.name: The deployment
k8s.statefulset.name: The stateful set
k8s.daemonset.name: The daemon set
k8s.job.name: The job
k8s.cronjob.name: The cron job
k8s.container.name: The container
container.name: The container's name
container.image.name: The image
service.namespace: The group of services
deployment.environment: The environment (before conventions 1.27)
browser.platform: The browser's platform
browser.brands: The browser's brand and major version
browser.language: The browser's language
browser.mobile: Whether it is a phone
event.name: What kind of event the record is
log.logger: The logger's name
logger: The logger's name
otel.scope.name: The instrumentation that made the record
otel.status_code: The outcome of the span
code.function.name: The function
thread.name: The thread
edulearn.role: learner, teacher, admin
edulearn.feature: The part of the product
job.name: The kind of job
job.outcome: succeeded, failed or retried
chaos.fault: The fault that is switched on
proctoring.event: What was noticed in an exam: focus_lost, face_not_visible, second_voice …
proctoring.decision: What the proctor decided: flagged, cleared or terminated
outcome: How it ended
reason: Why, as one word of a small set
component: The part of the service
metric.name: The metric
metric.label: The metric's label
state: The state of a thing
action: What was done
debug.service_name: The service that may write debug lines
debug.environment: Where it runs
"""

IDENTIFIERS = """
privacy.prose_id: Which of a learner's texts in the vault
service.instance.id: One process of the service
service.name: The service
service.version: The version of the service
deployment.environment.name: The environment
telemetry.sdk.version: The SDK's version
otel.scope.version: The version of the instrumentation
process.runtime.version: The interpreter's version
host.name: The machine
host.id: The machine's id
os.version: The operating system's version
container.id: The container
container.image.tags: The image's tags
k8s.pod.name: The pod
k8s.pod.uid: The pod's id
k8s.node.name: The node
server.address: The host called
net.peer.name: The host called (before conventions 1.23)
net.host.name: The host that answered (before conventions 1.23)
http.host: The host asked for (before conventions 1.23)
messaging.message.id: The message
messaging.message.conversation_id: The conversation
gen_ai.response.id: The model's answer
gen_ai.conversation.id: The conversation
db.query.hash: The statement, as a hash of its normalised text
session.id: One visit in one browser
job.id: The job
course.id: The course
quiz.id: The quiz
submission.id: The submission
recommendation.id: The recommendation
lesson.id: The lesson
class.id: The class
exam.id: The exam
exam.session.id: One learner's sitting of an exam
"""

PATHS = """
http.route: The route's template
url.path: The path, as a template
url.template: The template of the path called
http.target: The path asked for (before conventions 1.23)
url.full: The address called, without its query
http.url: The address called, without its query (before conventions 1.23)
code.file.path: The source file
code.filepath: The source file (before conventions 1.30)
code.namespace: The module
code.function: The function (before conventions 1.30)
"""

MESSAGES = """
exception.message: What the exception said
exception.stacktrace: Where it was raised
error.message: What went wrong
db.query.text: The statement, its literals replaced
db.statement: The statement, its literals replaced (before conventions 1.30)
db.query.summary: The statement in a few words
db.query.plan: The plan of the query, without values
db.query.parameter_types: The parameters' types and lengths
user_agent.original: The client's own description of itself
http.user_agent: The client's own description of itself (before conventions 1.23)
user_agent.name: The client's name
browser.user_agent: The browser's own description of itself
process.command: The program started
process.runtime.description: The interpreter
http.status_text: The words of the status
debug.reason: Why the debug window was opened
privacy.reason: Why a person was erased
privacy.purpose: Why learners' text was revealed
"""

PROSE = """
gen_ai.input.messages: What the learner asked
gen_ai.output.messages: What the model answered
gen_ai.system_instructions: What the model was told
gen_ai.prompt: What the learner asked (before conventions 1.37)
gen_ai.completion: What the model answered (before conventions 1.37)
feedback.text: What the learner thought of it
"""

TOKENS = """
user.id: The person
enduser.id: The person (before conventions 1.27)
user.name: The person's name
user.email: The person's address
user.full_name: The person's name
student_id: The learner
teacher_id: The teacher
"""

NETWORK = """
client.address: The client's address
net.peer.ip: The client's address (before conventions 1.23)
net.sock.peer.addr: The peer's address (before conventions 1.23)
http.client_ip: The client's address (before conventions 1.23)
network.peer.address: The peer's address
network.local.address: The service's address
host.ip: The machine's addresses
"""

SECRETS = """
http.request.header.authorization: Credentials
http.request.header.cookie: Credentials
http.response.header.set_cookie: Credentials
password: Credentials
api_key: Credentials
"""

MEASURES = """
http.response.status_code: The status of the answer
http.status_code: The status of the answer (before conventions 1.23)
http.request.body.size: The body of the request, in bytes
http.response.body.size: The body of the answer, in bytes
http.request.resend_count: How often it was sent again
websocket.messages_received: Messages from the client
websocket.messages_sent: Messages to the client
websocket.close_code: Why the connection ended (RFC 6455)
server.port: The port called
client.port: The client's port
net.peer.port: The port called (before conventions 1.23)
db.response.returned_rows: Rows returned
db.operation.batch.size: Statements in the batch
db.repeated.total_ms: How long the repeated queries took together, in milliseconds
db.repeated.other_statements: How many other statements came too often as well
db.transaction.queries: Queries in the transaction
db.client.connection.used: Connections in use
db.client.connection.idle: Connections that wait for work
db.client.connection.max: Connections allowed
db.client.connection.pending_requests: Callers that wait for a connection
db.client.connection.timeouts: Callers that waited in vain since the last report
messaging.batch.message_count: Messages in the batch
messaging.message.body.size: The message, in bytes
gen_ai.usage.input_tokens: Tokens read
gen_ai.usage.output_tokens: Tokens written
gen_ai.usage.cache_read.input_tokens: Tokens read that came from the provider's cache
gen_ai.usage.cache_creation.input_tokens: Tokens read that went into the provider's cache
gen_ai.usage.reasoning.output_tokens: Tokens written in thinking
gen_ai.response.time_to_first_chunk: Until the first word, in seconds
gen_ai.request.stream: Whether the answer was asked for in pieces
gen_ai.request.top_p: From how much of the likely words it may choose
gen_ai.request.max_tokens: The most tokens it may write
gen_ai.request.temperature: How freely it may choose
ai.latency_ms: How long the model took, in milliseconds
ai.input_size: The input, in bytes
ai.tokens_used: Tokens read and written
ai.cache_hits: Answers that came from the cache
ai.time_to_first_token_ms: Until the first word, in milliseconds
feedback.rating: What a person thought of an answer, as a number
feedback.helpful: Whether an answer helped
recommendation.position: The place in the list, the first being 1
recommendation.score: How sure the model was
ai.tokens_per_second: Tokens written per second, from the first word to the last
ai.cost: What it cost, in the currency of the price given
process.pid: The process
thread.id: The thread
code.line.number: The line
code.lineno: The line (before conventions 1.30)
sample_rate: The share of such lines that are kept
attempt: Which try it is
count: How many
debug.window_id: Which debug window
privacy.erasure_id: Which erasure
privacy.rows: Rows deleted
debug.minutes: For how long it is open, in minutes
debug.seconds: For how long debug lines are written, in seconds
queue_wait_ms: How long it waited in the queue, in milliseconds
"""

ATTRIBUTES: tuple[Field, ...] = (
    *_table(C.LABEL, LABELS),
    *_table(C.IDENTIFIER, IDENTIFIERS),
    *_table(C.PATH, PATHS),
    *_table(C.MESSAGE, MESSAGES),
    *_table(C.PROSE, PROSE),
    *_table(C.TOKEN, TOKENS),
    *_table(C.NETWORK, NETWORK),
    *_table(C.SECRET, SECRETS),
    *_table(C.MEASURE, MEASURES, "number"),
)
"""Every declared attribute, by class."""
