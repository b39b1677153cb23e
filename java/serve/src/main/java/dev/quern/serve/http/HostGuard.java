package dev.quern.serve.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that another site's page makes by its visitor's browser. Their Origin tells;
 * where a name of that site leads to this machine's loopback address (DNS rebinding), the host that
 * the request names does.
 */
public final class HostGuard {
  private static final int FORBIDDEN = 403;
  private static final Pattern ORIGIN = Pattern.compile("(?i)(https?)://(.+)");
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final boolean local;

  /**
   * @param local whether requests may name only this machine's own names
   */
  public HostGuard(boolean local) {
    this.local = local;
  }

  /**
   * @throws HttpError if the request is another site's
   */
  public void require(Request request) {
    Authority host = request.authority();
    String origin = request.header("Origin");
    if (origin != null && !isOf(origin, host)) {
      throw new HttpError(FORBIDDEN, "the request comes from another site's page");
    }
    if (local && host != null && !host.isThisMachine()) {
      throw new HttpError(FORBIDDEN, "the Host is not this machine, and the server is local only");
    }
  }

  /** Either scheme: a server before this one may speak HTTPS for it. */
  private static boolean isOf(String origin, @Nullable Authority host) {
    Matcher parts = ORIGIN.matcher(origin);
    if (host == null || !parts.matches()) {
      return false;
    }
    Authority of = Authority.of(parts.group(2));
    int usual = parts.group(1).equalsIgnoreCase("https") ? HTTPS_PORT : HTTP_PORT;
    return of != null && of.withPort(usual).equals(host.withPort(usual));
  }
}
