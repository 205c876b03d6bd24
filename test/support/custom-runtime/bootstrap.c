/*
 * A custom runtime without libraries: asks for events, and answers each with what its `name` decides.
 * `"fail"` is reported as an error, `"crash"` ends the process by a signal, `"exit"` by status 5; anything
 * else is answered with {"echo": EVENT, "task": LAMBDA_TASK_ROOT, "remaining": whether time is left}.
 * An event of AWS_PROXY is answered with what that wants: the edition (-DEDITION), the version that runs and
 * the ARN that was invoked.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef EDITION
#define EDITION "none"
#endif

enum { messageMax = 8 * 1024 * 1024 };

static int port;
static char message[messageMax];

static int dial(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0) exit(9);
  return connection;
}

static void sendAll(int connection, const char *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    ssize_t written = write(connection, bytes + at, length - at);
    if (written <= 0) exit(9);
    at += (size_t)written;
  }
}

/* One request on a connection of its own; the answer is in `message`, its content where this points. */
static char *call(const char *method, const char *path, const char *body) {
  static char head[1024];
  int connection = dial();
  int length = snprintf(head, sizeof head,
                        "%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                        "Connection: close\r\nContent-Length: %zu\r\n\r\n",
                        method, path, port, strlen(body));
  sendAll(connection, head, (size_t)length);
  sendAll(connection, body, strlen(body));
  size_t end = 0;
  ssize_t count;
  while ((count = read(connection, message + end, messageMax - 1 - end)) > 0) end += (size_t)count;
  message[end] = 0;
  close(connection);
  char *content = strstr(message, "\r\n\r\n");
  if (content == NULL) exit(9);
  return content + 4;
}

/* The value of a field of the answer in `message`; empty when it has none. */
static void field(const char *name, char *value, size_t size) {
  value[0] = 0;
  size_t length = strlen(name);
  for (char *line = strstr(message, "\r\n") + 2; *line != '\r'; line = strstr(line, "\r\n") + 2) {
    if (strncasecmp(line, name, length) != 0 || line[length] != ':') continue;
    char *start = line + length + 2;
    snprintf(value, size, "%.*s", (int)strcspn(start, "\r"), start);
    return;
  }
}

int main(void) {
  const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
  const char *task = getenv("LAMBDA_TASK_ROOT");
  if (api == NULL || task == NULL) return 8;
  port = atoi(strchr(api, ':') + 1);
  static char event[messageMax], answer[messageMax], id[128], deadline[64], path[256], arn[512];
  for (;;) {
    char *content = call("GET", "invocation/next", "");
    snprintf(event, sizeof event, "%s", content);
    field("Lambda-Runtime-Aws-Request-Id", id, sizeof id);
    field("Lambda-Runtime-Deadline-Ms", deadline, sizeof deadline);
    printf("event for %s\n", id);
    fflush(stdout);
    if (strcmp(event, "\"crash\"") == 0) abort();
    if (strcmp(event, "\"exit\"") == 0) return 5;
    if (strcmp(event, "\"fail\"") == 0) {
      snprintf(path, sizeof path, "invocation/%s/error", id);
      call("POST", path, "{\"errorMessage\":\"asked to\",\"errorType\":\"Failure\",\"stackTrace\":[]}");
      continue;
    }
    if (strstr(event, "\"requestContext\":") != NULL) {
      field("Lambda-Runtime-Invoked-Function-Arn", arn, sizeof arn);
      snprintf(answer, sizeof answer, "{\"statusCode\":200,\"body\":\"%s %s %s\"}", EDITION,
               getenv("AWS_LAMBDA_FUNCTION_VERSION"), arn);
      snprintf(path, sizeof path, "invocation/%s/response", id);
      call("POST", path, answer);
      continue;
    }
    struct timeval now;
    gettimeofday(&now, NULL);
    long long nowMs = now.tv_sec * 1000LL + now.tv_usec / 1000;
    snprintf(answer, sizeof answer, "{\"echo\":%s,\"task\":\"%s\",\"remaining\":%s}", event, task,
             atoll(deadline) > nowMs ? "true" : "false");
    snprintf(path, sizeof path, "invocation/%s/response", id);
    call("POST", path, answer);
  }
}
