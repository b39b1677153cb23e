package dev.quern.serve.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Protection against requests that a page of another site sends through a visitor's browser. The
 * Origin header reveals such requests. The Host header reveals DNS rebinding, in which the other
 * site's name resolves to this machine's loopback address.
 */
public final class HostGuard {
  private static final int FORBIDDEN = 403;
  private static final Pattern ORIGIN = Pattern.compile("(?i)(https?)://(.+)");
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final boolean local;

  /**
   * Creates the guard.
   *
   * @param local whether a request's Host header must name this machine
   */
  public HostGuard(boolean local) {
    this.local = local;
  }

  /**
   * Checks that a request does not come from a page of another site.
   *
   * @throws HttpError if the request comes from such a page
   */
  public void require(Request request) {
    Authority host = request.authority();
    String origin = request.header("Origin");
    if (origin != null && !isOf(origin, host)) {
      throw new HttpError(FORBIDDEN, "the request comes from another site's page");
    }
    if (local && host != null && !host.isThisMachine()) {
      throw new HttpError(FORBIDDEN, "the Host header names another machine; the server is local");
    }
  }

  /**
   * Returns whether an origin has this host. The scheme may differ, since a reverse proxy may
   * provide HTTPS.
   */
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
