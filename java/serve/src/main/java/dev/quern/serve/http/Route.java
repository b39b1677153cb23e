package dev.quern.serve.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path of the API with its handler.
 *
 * @param name the route's name in metrics and logs, which does not contain text from clients
 */
public record Route(String name, String method, Pattern path, Handler handler) {
  /** Handles the requests of a route. */
  public interface Handler {
    /**
     * Handles a request: responds, or throws an exception.
     *
     * @param parts the variable parts of the path
     */
    void handle(Request request, List<String> parts) throws IOException;
  }

  private static final Map<String, String> OPEN =
      Map.of("NAME", "([^/:]{1,128})", "VERSION", "([0-9]{1,9})");

  /**
   * Creates a route.
   *
   * @param path the path, in which NAME and VERSION are placeholders for variable parts
   */
  public static Route of(String method, String path, Handler handler) {
    String expression = path;
    for (Map.Entry<String, String> open : OPEN.entrySet()) {
      expression = expression.replace(open.getKey(), open.getValue());
    }
    return new Route(path, method, Pattern.compile(expression), handler);
  }

  /** Returns whether the route supports this HTTP method; a GET route also supports HEAD. */
  public boolean takes(String asked) {
    return method.equals(asked) || method.equals("GET") && asked.equals("HEAD");
  }

  public Matcher matcher(String path) {
    return this.path.matcher(path);
  }
}
