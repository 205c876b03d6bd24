import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;

/**
 * Reads documents by paths with Jayway JsonPath. A line in: hexadecimal UTF-16 of a path, a blank, the same
 * of a JSON text. A line out is one of
 *
 * <pre>
 * found definite|indefinite JSON
 * not-found definite|indefinite
 * failed definite|indefinite CLASS: MESSAGE
 * refused CLASS: MESSAGE
 * </pre>
 *
 * The text of a document, read and written again, is the answer for the path `$`.
 */
class JsonPathJudge {
  private static final Configuration configuration = Configuration.defaultConfiguration();

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] texts = line.split(" ", -1);
      out.println(answer(decode(texts[0]), decode(texts[1])));
    }
    out.flush();
  }

  private static String answer(String path, String json) {
    JsonPath compiled;
    try {
      compiled = JsonPath.compile(path);
    } catch (RuntimeException | StackOverflowError error) {
      return "refused " + describe(error);
    }
    String kind = compiled.isDefinite() ? "definite" : "indefinite";
    try {
      Object document = configuration.jsonProvider().parse(json);
      Object value = compiled.read(document, configuration);
      return "found " + kind + " " + JSONValue.toJSONString(value, JSONStyle.LT_COMPRESS);
    } catch (PathNotFoundException error) {
      return "not-found " + kind;
    } catch (RuntimeException | StackOverflowError error) {
      return "failed " + kind + " " + describe(error);
    }
  }

  private static String describe(Throwable error) {
    String message = String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
    return error.getClass().getSimpleName() + ": " + message;
  }

  private static String decode(String hexadecimal) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < hexadecimal.length(); i += 4) {
      text.append((char) Integer.parseInt(hexadecimal.substring(i, i + 4), 16));
    }
    return text.toString();
  }
}
