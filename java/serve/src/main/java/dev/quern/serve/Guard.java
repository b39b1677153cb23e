package dev.quern.serve;

import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Request;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may ask. */
final class Guard {
  private static final String BEARER = "Bearer ";
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  private final byte @Nullable [] token;
  private final boolean local;

  /**
   * @param address where the server listens
   */
  Guard(@Nullable String token, InetAddress address) {
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
    local = address.isLoopbackAddress();
  }

  /**
   * No page of another site may ask by a visitor's browser. Its origin tells; where a name of that
   * site leads to this machine's loopback address, the Host does.
   */
  void requireOwn(Request request) {
    String origin = request.header("Origin");
    String host = request.header("Host");
    if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
      throw new HttpError(403, "the request comes from another site's page");
    }
    if (local && token == null && host != null && !THIS_MACHINE.contains(name(host))) {
      throw new HttpError(403, "the Host is not this machine, where this server is alone");
    }
  }

  /** Without the port. */
  private static String name(String host) {
    int port = host.lastIndexOf(':');
    return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
  }

  void requireToken(Request request) {
    if (token == null) {
      return;
    }
    String given = request.header("Authorization");
    boolean right =
        given != null
            && given.startsWith(BEARER)
            && MessageDigest.isEqual(
                given.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8), token);
    if (!right) {
      request.setHeader("WWW-Authenticate", "Bearer");
      throw new HttpError(401, "the request does not show the token");
    }
  }
}
