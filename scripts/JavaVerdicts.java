import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.regex.PatternSyntaxException;

/** Reads lines of two texts, each as hexadecimal UTF-16 units; answers String.matches of each pair. */
class JavaVerdicts {
  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] texts = line.split(" ", -1);
      System.out.println(verdict(decode(texts[0]), decode(texts[1])));
    }
  }

  private static String verdict(String pattern, String text) {
    try {
      return String.valueOf(text.matches(pattern));
    } catch (PatternSyntaxException error) {
      return "error";
    } catch (RuntimeException | StackOverflowError error) {
      return "failure";
    }
  }

  private static String decode(String hexadecimal) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < hexadecimal.length(); i += 4) {
      text.append((char) Integer.parseInt(hexadecimal.substring(i, i + 4), 16));
    }
    return text.toString();
  }
}
