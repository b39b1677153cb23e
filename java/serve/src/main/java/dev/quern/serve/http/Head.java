package dev.quern.serve.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The head of a request: request line and headers. */
final class Head {
  private static final int BAD_REQUEST = 400;
  private static final int NOT_IMPLEMENTED = 501;
  private static final Set<String> SCHEMES = Set.of("http", "https");
  private static final String HOST = "Host";
  private static final String NO_HOST = "none.invalid";

  private final HttpRequest http;
  private final @Nullable URI target;

  Head(HttpRequest http) {
    this.http = http;
    target = target(http.uri());
  }

  /**
   * Parses a request's target. A target that begins with two slashes is a path, not a host name.
   */
  private static @Nullable URI target(String uri) {
    try {
      return uri.startsWith("/") ? new URI("http://" + NO_HOST + uri) : new URI(uri);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  String method() {
    return http.method().name();
  }

  String path() {
    String path = target == null ? null : target.getRawPath();
    return path == null ? "" : path;
  }

  /**
   * Returns the requested host: from the target if it contains one, otherwise from the Host header;
   * null if both are missing.
   */
  @Nullable Authority authority() {
    String host = namesHost() ? target.getRawAuthority() : http.headers().get(HOST);
    return host == null ? null : Authority.of(host.trim());
  }

  private boolean namesHost() {
    return target != null && target.getRawAuthority() != null && !http.uri().startsWith("/");
  }

  @Nullable String header(String name) {
    List<String> all = http.headers().getAll(name);
    if (all.size() > 1) {
      throw new HttpError(BAD_REQUEST, "the header " + name + " occurs more than once");
    }
    return all.isEmpty() ? null : all.get(0);
  }

  String contentType() {
    String type = header("Content-Type");
    int end = type == null ? -1 : type.indexOf(';');
    return type == null
        ? ""
        : type.substring(0, end < 0 ? type.length() : end).trim().toLowerCase(Locale.ROOT);
  }

  /** Returns the announced length of the body in bytes; -1 if the client does not announce it. */
  long length() {
    String length = header("Content-Length");
    try {
      return length == null ? -1 : Long.parseLong(length.trim());
    } catch (NumberFormatException e) {
      throw new HttpError(BAD_REQUEST, "Content-Length must be a number of bytes");
    }
  }

  /** Returns whether the client waits for status 100 before it sends the body. */
  boolean expectsContinue() {
    return HttpUtil.is100ContinueExpected(http);
  }

  /** Returns whether the client may send further requests on this connection. */
  boolean keepsAlive() {
    return HttpUtil.isKeepAlive(http);
  }

  HttpVersion version() {
    return http.protocolVersion();
  }

  /** Returns an error if the request cannot be processed, otherwise null. */
  @Nullable HttpError problem() {
    Throwable failure = http.decoderResult().cause();
    if (failure instanceof TooLongHttpLineException) {
      return new HttpError(414, "the request's first line is too long");
    }
    if (failure instanceof TooLongHttpHeaderException) {
      return new HttpError(431, "the request's headers are too long");
    }
    if (failure != null || target == null) {
      return new HttpError(BAD_REQUEST, "this is not an HTTP request");
    }
    if (version().majorVersion() != 1) {
      return new HttpError(505, "the request is not HTTP/1.x");
    }
    HttpError problem = hostProblem();
    if (problem != null) {
      return problem;
    }
    problem = lengthProblem();
    if (problem != null) {
      return problem;
    }
    String expectation = http.headers().get("Expect");
    if (expectation != null && !expectsContinue() && version().minorVersion() > 0) {
      return new HttpError(417, "the only supported value of Expect is 100-continue");
    }
    return null;
  }

  private @Nullable HttpError hostProblem() {
    int hosts = http.headers().getAll(HOST).size();
    if (hosts > 1 || hosts == 0 && version().minorVersion() > 0) {
      return new HttpError(BAD_REQUEST, "the request has " + hosts + " Host headers, expected one");
    }
    boolean names = hosts == 1 || namesHost();
    boolean other = namesHost() && !SCHEMES.contains(target.getScheme().toLowerCase(Locale.ROOT));
    if (other || names && authority() == null || hosts == 1 && !isHost(http.headers().get(HOST))) {
      return new HttpError(BAD_REQUEST, "the request's Host is not a host name");
    }
    return null;
  }

  private static boolean isHost(String text) {
    return Authority.of(text.trim()) != null;
  }

  /**
   * Returns an error if two lengths or an unknown transfer coding make the end of the body
   * ambiguous, otherwise null.
   */
  private @Nullable HttpError lengthProblem() {
    List<String> codings = http.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.isEmpty()) {
      return null;
    }
    if (http.headers().contains(HttpHeaderNames.CONTENT_LENGTH) || version().minorVersion() == 0) {
      return new HttpError(
          BAD_REQUEST, "Transfer-Encoding is not allowed with Content-Length or in HTTP/1.0");
    }
    boolean chunked = codings.size() == 1 && codings.get(0).trim().equalsIgnoreCase("chunked");
    return chunked
        ? null
        : new HttpError(NOT_IMPLEMENTED, "the only supported Transfer-Encoding is chunked");
  }
}
