"""Runs one function of a Python runtime: `python3 python_bootstrap.py`, with `_HANDLER`,
`LAMBDA_TASK_ROOT` and the rest of Lambda's environment, and the channel to the supervisor as file
descriptor 3. Python 3.8 and later, the standard library only.

A frame of the channel is `u32 BE length of what follows`, `u8 kind`, content.

AWS freezes a sandbox between events. This process only waits: threads that a function leaves behind go
on, and what they log is told with the request that was the last.
"""

import importlib
import json
import logging
import os
import re
import select
import struct
import sys
import threading
import time
import traceback

CHANNEL = 3
READY, RESPONSE, ERROR, INIT_ERROR, LOG = 2, 3, 4, 5, 6

FRAME_BYTES_MAX = 16 * 1024 * 1024
READ_BYTES = 256 * 1024
# Characters of one event of the log; longer texts become several.
EVENT_CHARACTERS_MAX = 256 * 1024
# Documented: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
RESPONSE_BYTES_MAX = 6291556

NO_BREAK_SPACE = "\u00a0"


class Fault(Exception):
    """What the runtime itself reports, not the function."""

    def __init__(self, reason, message, trace=None):
        super().__init__(message)
        self.error_type = "Runtime." + reason
        self.message = message
        self.trace = trace or []


class Channel:
    """The child's end. Writes wait for the supervisor; the process ends when the supervisor is gone."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._read_buffer = bytearray(READ_BYTES)
        os.set_blocking(descriptor, True)
        # The function's own children must not hold it open.
        os.set_inheritable(descriptor, False)
        self._is_copy = False
        os.register_at_fork(after_in_child=self._become_copy)

    def _become_copy(self):
        """In a process that the function has forked: its answer would be taken for that of the next event."""
        os.close(self._descriptor)
        self._is_copy = True

    def _send_from_copy(self, kind, content):
        if kind != LOG:
            os._exit(0)
        os.write(1, content[8:] + b"\n")

    def send(self, kind, content):
        if self._is_copy:
            self._send_from_copy(kind, content)
            return
        view = memoryview(struct.pack(">IB", len(content) + 1, kind) + content)
        with self._lock:
            while view:
                try:
                    view = view[os.write(self._descriptor, view) :]
                except OSError:
                    os._exit(0)

    def send_log(self, text):
        now = struct.pack(">d", time.time() * 1000)
        for at in range(0, len(text), EVENT_CHARACTERS_MAX) or (0,):
            part = text[at : at + EVENT_CHARACTERS_MAX]
            self.send(LOG, now + part.encode("utf-8", "replace"))

    def next_invocation(self):
        """Header and event (JSON text) of the next invocation."""
        (length,) = struct.unpack(">I", self._read(4))
        if not 5 <= length <= FRAME_BYTES_MAX:
            os._exit(0)
        frame = self._read(length)
        header_end = 5 + struct.unpack(">I", frame[1:5])[0]
        return json.loads(frame[5:header_end]), str(frame[header_end:], "utf-8")

    def _read(self, count):
        """Exactly so many bytes."""
        if self._is_copy:
            os._exit(0)
        if count > len(self._read_buffer):
            target = memoryview(bytearray(count))
        else:
            target = memoryview(self._read_buffer)[:count]
        filled = 0
        while filled < count:
            try:
                got = os.readv(self._descriptor, [target[filled:]])
            except OSError:
                got = 0
            if got == 0:
                os._exit(0)
            filled += got
        return bytes(target)

    def watch(self):
        """Ends the process when the supervisor is gone, also while the function works."""
        poll = select.poll()
        # No events asked for: only the hang-up is told.
        poll.register(self._descriptor, 0)

        def wait():
            poll.poll()
            os._exit(0)

        threading.Thread(target=wait, name="channel", daemon=True).start()


class Unbuffered:
    """A standard stream whose every write is out at once: a killed process loses none of it."""

    def __init__(self, stream):
        self._stream = stream

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, text):
        written = self._stream.write(text)
        self._stream.flush()
        return written

    def writelines(self, lines):
        self._stream.writelines(lines)
        self._stream.flush()


class ChannelLogHandler(logging.Handler):
    """Lines as AWS's runtime formats them, one event of the log each.

    Documented: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
    """

    def __init__(self, channel, current):
        super().__init__()
        self._channel = channel
        self._current = current
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record):
        record.aws_request_id = self._current.request_id or ""
        try:
            self._channel.send_log(self.format(record))
        except Exception:
            self.handleError(record)


class Current:
    """The event under way; the last one while there is none."""

    request_id = None


class Encoder(json.JSONEncoder):
    """JSON as AWS's runtime writes it: numbers of `decimal` as they are, bytes as UTF-8 text."""

    def __init__(self):
        # Up to python3.11 everything beyond ASCII is escaped.
        version = re.search(r"python3\.(\d+)", os.environ.get("AWS_EXECUTION_ENV", ""))
        minor = int(version.group(1)) if version else sys.version_info.minor
        super().__init__(ensure_ascii=minor < 12)
        self._mark = os.urandom(12).hex()
        self._pattern = re.compile('"' + self._mark + '([^"]*)"')
        self._has_numbers = False

    def default(self, o):
        if isinstance(o, bytes):
            return o.decode("utf-8")
        # Whoever returns such a number has imported its module.
        decimal = sys.modules.get("decimal")
        if decimal is not None and isinstance(o, decimal.Decimal):
            if o.is_nan():
                return float("nan")
            self._has_numbers = True
            return self._mark + str(o)
        return super().default(o)

    def to_bytes(self, value):
        self._has_numbers = False
        text = self.encode(value)
        if self._has_numbers:
            text = self._pattern.sub(r"\1", text)
        return text.encode("utf-8", "surrogatepass" if self.ensure_ascii else "replace")


class _Record:
    """An object whose attributes are the given names, from a dictionary; absent ones are None."""

    __slots__ = ()

    def __init__(self, values):
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self):
        fields = ",".join("%s=%s" % (name, getattr(self, name)) for name in self.__slots__)
        return "%s([%s])" % (type(self).__name__, fields)


class CognitoIdentity(_Record):
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Record):
    __slots__ = (
        "installation_id",
        "app_title",
        "app_version_name",
        "app_version_code",
        "app_package_name",
    )


class ClientContext(_Record):
    __slots__ = ("custom", "env", "client")


class LambdaContext:
    """Documented: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    def __init__(self, header, channel):
        environment = os.environ
        self.aws_request_id = header["requestId"]
        self.log_group_name = environment.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environment.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environment.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environment.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = header["invokedFunctionArn"]
        self.client_context = read_client_context(header.get("clientContext"))
        self.identity = CognitoIdentity({})
        self._deadline_ms = header["deadlineMs"]
        self._channel = channel

    def get_remaining_time_in_millis(self):
        return max(int(self._deadline_ms - time.time() * 1000), 0)

    def log(self, message):
        self._channel.send_log(str(message))

    def __repr__(self):
        names = (
            "aws_request_id log_group_name log_stream_name function_name memory_limit_in_mb "
            "function_version invoked_function_arn client_context identity"
        ).split()
        fields = ",".join("%s=%s" % (name, getattr(self, name)) for name in names)
        return "LambdaContext([%s])" % fields


def read_client_context(text):
    if not text:
        return None
    try:
        values = json.loads(text)
    except ValueError as error:
        raise Fault(
            "LambdaContextUnmarshalError", "Unable to parse Client Context JSON: %s" % error
        ) from error
    if values is None:
        return None
    context = ClientContext(values)
    if context.client is not None:
        context.client = Client(context.client)
    return context


def load_function(name):
    """The function that a handler string names: `module.function`, `folder/module.function`.

    Documented: https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
    """
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("MalformedHandlerName", "Bad handler '%s': %s" % (name, error)) from error
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "BuiltInModuleConflict",
            "Cannot use built-in module %s as a handler module" % module_name,
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault(
            "ImportModuleError", "Unable to import module '%s': %s" % (module_name, error)
        ) from error
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise Fault(
            "UserCodeSyntaxError",
            "Syntax error in module '%s': %s" % (module_name, error),
            trace,
        ) from error
    try:
        return getattr(module, function_name)
    except AttributeError as error:
        raise Fault(
            "HandlerNotFound",
            "Handler '%s' missing on module '%s'" % (function_name, module_name),
        ) from error


def error_answer(error, request_id=""):
    """What the caller gets. The runtime's own frames are no part of the trace."""
    if isinstance(error, Fault):
        message, error_type, trace = error.message, error.error_type, error.trace
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = os.path.abspath(__file__)
        while frames and os.path.abspath(frames[0].filename) == own:
            frames = frames[1:]
        plain = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in frames]
        message, error_type = str(error), type(error).__name__
        trace = traceback.format_list(plain)
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": trace,
    }


def log_error(channel, answer):
    """One event: the error and its trace, whose indentation is of characters that logs keep."""
    title = ": ".join(part for part in (answer["errorType"], answer["errorMessage"]) if part)
    lines = ["[ERROR] " + title, "Traceback (most recent call last):"]
    for entry in answer["stackTrace"]:
        for line in entry.splitlines():
            text = line.lstrip(" ")
            lines.append(NO_BREAK_SPACE * (len(line) - len(text)) + text)
    channel.send_log("\n".join(lines))


def set_trace(trace_id):
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


def answer_of(function, header, event_text, channel, encoder):
    """Kind and content of the answer to one event. What is not an `Exception` ends the process."""
    request_id = header["requestId"]
    try:
        context = LambdaContext(header, channel)
        try:
            event = json.loads(event_text)
        except ValueError as error:
            raise Fault("UnmarshalError", "Unable to unmarshal input: %s" % error) from error
        result = function(event, context)
        if isinstance(result, bytes):
            return RESPONSE, result
        try:
            return RESPONSE, encoder.to_bytes(result)
        except Exception as error:
            raise Fault("MarshalError", "Unable to marshal response: %s" % error) from error
    except Exception as error:
        answer = error_answer(error, request_id)
        log_error(channel, answer)
        return ERROR, encoder.to_bytes(answer)


def too_large():
    message = (
        "Response payload size exceeded maximum allowed payload size (%d bytes)."
        % RESPONSE_BYTES_MAX
    )
    answer = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message}
    return ERROR, json.dumps(answer).encode()


def main():
    # As on AWS, where the folder of the code is read-only; here it may be the author's own.
    sys.dont_write_bytecode = True
    channel = Channel(CHANNEL)
    channel.watch()
    current = Current()
    sys.stdout = Unbuffered(sys.stdout)
    sys.stderr = Unbuffered(sys.stderr)
    logging.getLogger().addHandler(ChannelLogHandler(channel, current))
    # In the place of this file's own folder.
    sys.path[0] = os.environ.get("LAMBDA_TASK_ROOT", os.getcwd())
    encoder = Encoder()
    try:
        function = load_function(os.environ.get("_HANDLER", ""))
    except Exception as error:
        answer = error_answer(error)
        log_error(channel, answer)
        channel.send(INIT_ERROR, encoder.to_bytes(answer))
        sys.exit(1)
    channel.send(READY, b"")
    while True:
        header, event_text = channel.next_invocation()
        current.request_id = header["requestId"]
        set_trace(header.get("traceId"))
        kind, content = answer_of(function, header, event_text, channel, encoder)
        if len(content) >= FRAME_BYTES_MAX:
            kind, content = too_large()
        channel.send(kind, content)


if __name__ == "__main__":
    main()
