package dev.quern.serve;

import dev.quern.serve.http.HostGuard;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Request;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Access control for requests: the token and the origin. */
final class Guard {
  private static final String BEARER = "Bearer ";

  private final byte @Nullable [] token;
  private final HostGuard host;

  /**
   * Creates the guard.
   *
   * @param token the required token; null if requests do not need a token
   * @param address the address on which the server listens
   */
  Guard(@Nullable String token, InetAddress address) {
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
    host = new HostGuard(token == null && address.isLoopbackAddress());
  }

  /**
   * Checks that a request does not come from another site's page in a browser.
   *
   * @throws HttpError if the request comes from such a page
   */
  void requireOwn(Request request) {
    host.require(request);
  }

  void requireToken(Request request) {
    if (token == null) {
      return;
    }
    String given = request.header("Authorization");
    boolean right =
        given != null
            && given.regionMatches(true, 0, BEARER, 0, BEARER.length())
            && MessageDigest.isEqual(
                given.substring(BEARER.length()).trim().getBytes(StandardCharsets.UTF_8), token);
    if (!right) {
      request.setHeader("WWW-Authenticate", "Bearer");
      throw new HttpError(401, "the request lacks the token");
    }
  }
}
