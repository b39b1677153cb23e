package dev.quern.serve.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What stands before a request's body. */
final class Head {
  private static final int BAD_REQUEST = 400;

  private final HttpRequest http;
  private final @Nullable String path;

  Head(HttpRequest http) {
    this.http = http;
    path = path(http.uri());
  }

  private static @Nullable String path(String uri) {
    try {
      String path = new URI(uri).getRawPath();
      return path == null ? "" : path;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  String method() {
    return http.method().name();
  }

  String path() {
    return path == null ? "" : path;
  }

  @Nullable String header(String name) {
    List<String> all = http.headers().getAll(name);
    if (all.size() > 1) {
      throw new HttpError(BAD_REQUEST, "the header " + name + " is there more than once");
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

  /** Bytes of the body, -1 where the client does not say. */
  long length() {
    String length = header("Content-Length");
    try {
      return length == null ? -1 : Long.parseLong(length.trim());
    } catch (NumberFormatException e) {
      throw new HttpError(BAD_REQUEST, "Content-Length is no number of bytes");
    }
  }

  /** The client waits for a sign before it sends the body. */
  boolean expectsContinue() {
    return HttpUtil.is100ContinueExpected(http);
  }

  /** The client may send other requests on this connection. */
  boolean keepsAlive() {
    return HttpUtil.isKeepAlive(http);
  }

  HttpVersion version() {
    return http.protocolVersion();
  }

  /** Why nobody can answer it, if so. */
  @Nullable HttpError problem() {
    Throwable failure = http.decoderResult().cause();
    if (failure instanceof TooLongHttpLineException) {
      return new HttpError(414, "the request's first line is too long");
    }
    if (failure instanceof TooLongHttpHeaderException) {
      return new HttpError(431, "the request's headers are too long");
    }
    if (failure != null || path == null) {
      return new HttpError(BAD_REQUEST, "this is no request of HTTP");
    }
    if (version().majorVersion() != 1) {
      return new HttpError(505, "the request is not of HTTP 1");
    }
    String expectation = http.headers().get("Expect");
    if (expectation != null && !expectsContinue() && version().minorVersion() > 0) {
      return new HttpError(417, "the only Expect that is met is 100-continue");
    }
    return null;
  }
}
