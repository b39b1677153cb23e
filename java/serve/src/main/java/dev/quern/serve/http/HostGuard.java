package dev.quern.serve.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Protection against requests that another site's page sends through a visitor's browser. They are
 * recognized by their Origin header and, if a name of that site resolves to this machine's loopback
 * address (DNS rebinding), by their Host header.
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
   * @param local whether a request's host must be a name of this machine
   */
  public HostGuard(boolean local) {
    this.local = local;
  }

  /**
   * Checks a request.
   *
   * @throws HttpError if the request comes from another site's page
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

  /**
   * Returns whether an origin has this host, with either scheme, since a reverse proxy may provide
   * HTTPS.
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
