import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.github.fge.jackson.JsonLoader;
import com.github.fge.jsonschema.core.report.LogLevel;
import com.github.fge.jsonschema.core.report.ProcessingMessage;
import com.github.fge.jsonschema.main.JsonSchemaFactory;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What json-schema-validator says. A line in: {"schema":…,"instance":…}. A line out: the messages of
 * errors as an array, empty for an instance that fits; null when there is no verdict.
 */
public final class JsonSchemaJudge {
  public static void main(String[] args) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
    JsonSchemaFactory factory = JsonSchemaFactory.byDefault();
    ObjectMapper mapper = new ObjectMapper();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode asked = JsonLoader.fromString(line);
      ArrayNode messages = mapper.createArrayNode();
      try {
        for (ProcessingMessage message :
            factory.getJsonSchema(asked.get("schema")).validate(asked.get("instance"))) {
          if (message.getLogLevel().compareTo(LogLevel.ERROR) >= 0) {
            messages.add(message.getMessage());
          }
        }
        out.println(mapper.writeValueAsString(messages));
      } catch (Exception | StackOverflowError e) {
        out.println("null");
      }
    }
    out.flush();
  }
}
