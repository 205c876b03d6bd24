import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/**
 * Renders templates with Apache Velocity 1.7. A line in: hexadecimal UTF-16 of a template, a blank, the
 * same of a JSON object of names. A line out: `=` and the hexadecimal output, or `!` and the error's class.
 */
class VelocityJudge {
  private static VelocityEngine shared = engine();

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    if (arguments.length > 0 && arguments[0].equals("bench")) {
      VelocityBench.run(lines, out);
      return;
    }
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] texts = line.split(" ", -1);
      out.println(answer(decode(texts[0]), decode(texts[1])));
    }
    out.flush();
  }

  static VelocityEngine engine() {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty(
        "runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    engine.init();
    return engine;
  }

  /** Macros stay with an engine, so whoever defines some gets one alone. */
  @SuppressWarnings({"deprecation", "removal"})
  private static String answer(String template, String names) {
    boolean isAlone = template.contains("macro");
    VelocityEngine engine = isAlone ? engine() : shared;
    String[] result = new String[1];
    Thread thread =
        new Thread(null, () -> result[0] = render(engine, template, names), "render", 1 << 26);
    thread.start();
    try {
      thread.join(2_000);
    } catch (InterruptedException error) {
      return "!interrupted";
    }
    if (result[0] == null) {
      thread.stop();
      return "!hangs";
    }
    return result[0];
  }

  @SuppressWarnings("unchecked")
  private static String render(VelocityEngine engine, String template, String names) {
    try {
      Map<String, Object> values = (Map<String, Object>) new JsonReader(names).read();
      StringWriter writer = new StringWriter();
      engine.evaluate(new VelocityContext(values), writer, "template", template);
      return "=" + encode(writer.toString());
    } catch (Throwable error) {
      return "!" + error.getClass().getSimpleName();
    }
  }

  static String decode(String hexadecimal) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < hexadecimal.length(); i += 4) {
      text.append((char) Integer.parseInt(hexadecimal.substring(i, i + 4), 16));
    }
    return text.toString();
  }

  private static String encode(String text) {
    StringBuilder hexadecimal = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      hexadecimal.append(String.format("%04x", (int) text.charAt(i)));
    }
    return hexadecimal.toString();
  }
}

/** Reads JSON to maps, lists, texts, Integer, Long, Double and Boolean. */
class JsonReader {
  private final String text;
  private int at = 0;

  JsonReader(String text) {
    this.text = text;
  }

  Object read() {
    skip();
    char next = text.charAt(at);
    switch (next) {
      case '{':
        return readObject();
      case '[':
        return readArray();
      case '"':
        return readString();
      case 't':
        at += 4;
        return true;
      case 'f':
        at += 5;
        return false;
      case 'n':
        at += 4;
        return null;
      default:
        return readNumber();
    }
  }

  private void skip() {
    while (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == ',' || text.charAt(at) == ':')
      at++;
  }

  private Map<String, Object> readObject() {
    Map<String, Object> map = new LinkedHashMap<>();
    at++;
    for (skip(); text.charAt(at) != '}'; skip()) {
      String name = readString();
      map.put(name, read());
    }
    at++;
    return map;
  }

  private List<Object> readArray() {
    List<Object> list = new ArrayList<>();
    at++;
    for (skip(); text.charAt(at) != ']'; skip()) list.add(read());
    at++;
    return list;
  }

  private String readString() {
    StringBuilder result = new StringBuilder();
    for (at++; text.charAt(at) != '"'; at++) {
      char unit = text.charAt(at);
      if (unit != '\\') {
        result.append(unit);
        continue;
      }
      char escaped = text.charAt(++at);
      if (escaped == 'u') {
        result.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
        at += 4;
      } else {
        int place = "nrtbf".indexOf(escaped);
        result.append(place < 0 ? escaped : "\n\r\t\b\f".charAt(place));
      }
    }
    at++;
    return result.toString();
  }

  private Object readNumber() {
    int begin = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
    String number = text.substring(begin, at);
    if (number.matches("-?\\d+")) {
      long value = Long.parseLong(number);
      if (value == (int) value) return (int) value;
      return value;
    }
    return Double.parseDouble(number);
  }
}

/** Times templates on a warm machine: a line is name, template and names; answers nanoseconds a rendering. */
class VelocityBench {
  @SuppressWarnings("unchecked")
  static void run(BufferedReader lines, PrintStream out) throws Exception {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] texts = line.split(" ", -1);
      VelocityEngine engine = VelocityJudge.engine();
      org.apache.velocity.runtime.RuntimeServices services =
          new org.apache.velocity.runtime.RuntimeInstance();
      services.setProperty(
          "runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
      services.init();
      org.apache.velocity.Template template = new org.apache.velocity.Template();
      template.setRuntimeServices(services);
      template.setName("bench");
      template.setData(
          services.parse(new java.io.StringReader(VelocityJudge.decode(texts[0])), "bench"));
      template.initDocument();
      Map<String, Object> values =
          (Map<String, Object>) new JsonReader(VelocityJudge.decode(texts[1])).read();
      out.println(best(template, values));
      out.flush();
    }
  }

  private static final java.lang.management.ThreadMXBean threads =
      java.lang.management.ManagementFactory.getThreadMXBean();

  private static double best(org.apache.velocity.Template template, Map<String, Object> values) {
    double best = Double.MAX_VALUE;
    long end = System.nanoTime() + 3_000_000_000L;
    while (System.nanoTime() < end) {
      long begin = System.nanoTime();
      long before = threads.getCurrentThreadCpuTime();
      int count = 0;
      while (System.nanoTime() - begin < 50_000_000L) {
        StringWriter writer = new StringWriter();
        template.merge(new VelocityContext(new LinkedHashMap<>(values)), writer);
        count++;
      }
      best = Math.min(best, (threads.getCurrentThreadCpuTime() - before) / (double) count);
    }
    return best;
  }
}
