package dev.quern.serve.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One path of the service.
 *
 * @param name of it in metrics and logs, where no client chooses it
 */
public record Route(String name, String method, Pattern path, Handler handler) {
  /** Handles a request: responds or throws. */
  public interface Handler {
    /**
     * @param parts of the path that a pattern left open
     */
    void handle(Request request, List<String> parts) throws IOException;
  }

  private static final Map<String, String> OPEN =
      Map.of("NAME", "([^/:]{1,128})", "VERSION", "([0-9]{1,9})");

  /**
   * @param path in which NAME and VERSION stand for anything
   */
  public static Route of(String method, String path, Handler handler) {
    String expression = path;
    for (Map.Entry<String, String> open : OPEN.entrySet()) {
      expression = expression.replace(open.getKey(), open.getValue());
    }
    return new Route(path, method, Pattern.compile(expression), handler);
  }

  /** A GET takes HEAD as well. */
  public boolean takes(String asked) {
    return method.equals(asked) || method.equals("GET") && asked.equals("HEAD");
  }

  public Matcher matcher(String path) {
    return this.path.matcher(path);
  }
}
