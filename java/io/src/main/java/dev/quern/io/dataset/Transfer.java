package dev.quern.io.dataset;

import dev.quern.error.DownloadException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * One HTTP request for a file, whose body is appended to a partial file. An IOException means that
 * a retry may help; a DownloadException means that it will not.
 */
final class Transfer {
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int TIMEOUT = 408;
  private static final int RANGE_REFUSED = 416;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;
  private static final int BUFFER_BYTES = 1 << 16;

  private final HttpClient client;
  private final URI uri;
  private final long bytes;
  private final PartialFile part;
  private final Duration idle;
  private final LongConsumer progress;

  /**
   * Creates a transfer.
   *
   * @param bytes the expected size of the file in bytes
   * @param idle the time without data after which the transfer fails
   * @param progress called with the number of bytes received so far
   */
  Transfer(
      HttpClient client,
      URI uri,
      long bytes,
      PartialFile part,
      Duration idle,
      LongConsumer progress) {
    this.client = client;
    this.uri = uri;
    this.bytes = bytes;
    this.part = part;
    this.idle = idle;
    this.progress = progress;
  }

  /** Sends the request and appends the response's body to the part. */
  void run() throws IOException, InterruptedException {
    String validator = part.validator();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(idle).header("User-Agent", "quern");
    if (!validator.isEmpty()) {
      request.header("Range", "bytes=" + part.size() + "-").header("If-Range", validator);
    }
    HttpResponse<InputStream> response = send(request.build());
    try (InputStream body = response.body()) {
      prepare(response);
      copy(body);
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (IllegalArgumentException e) {
      // how the client reports headers with invalid sizes or addresses
      throw new IOException("the server's response is malformed: " + e.getMessage(), e);
    }
  }

  /**
   * Checks the response, and discards the received bytes if the body starts at the file's
   * beginning.
   */
  private void prepare(HttpResponse<?> response) throws IOException {
    int status = response.statusCode();
    if (status == OK) {
      // the whole file: a first request, a server without ranges, or a file that has changed
      part.restart(validator(response.headers()));
    } else if (status == PARTIAL) {
      checkRange(response.headers());
    } else if (status == RANGE_REFUSED) {
      part.clear();
      throw new IOException("the server refused to resume");
    } else if (status >= SERVER_ERROR || status == TIMEOUT || status == TOO_MANY) {
      throw new IOException("the server responded with status " + status);
    } else {
      throw new DownloadException(
          "download: " + uri + ": the server responded with status " + status);
    }
    long offered = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (offered >= 0 && part.size() + offered != bytes) {
      long size = part.size() + offered;
      part.clear();
      throw new DownloadException(
          "download: " + uri + ": the server's file has " + size + " bytes, expected " + bytes);
    }
  }

  private void checkRange(HttpHeaders headers) throws IOException {
    String range = headers.firstValue("Content-Range").orElse("none");
    if (part.size() == 0 || !range.startsWith("bytes " + part.size() + "-")) {
      long have = part.size();
      part.clear();
      throw new IOException(
          "the server resumed with Content-Range '" + range + "', expected one from byte " + have);
    }
  }

  /**
   * Returns the value of a later If-Range header: a strong ETag, otherwise the date, otherwise
   * empty.
   */
  private static String validator(HttpHeaders headers) {
    return headers
        .firstValue("ETag")
        .filter(tag -> tag.startsWith("\""))
        .or(() -> headers.firstValue("Last-Modified"))
        .orElse("");
  }

  private void copy(InputStream body) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (IdleWatch watch = new IdleWatch(body, idle)) {
      long at = part.size();
      progress.accept(at);
      for (int n; (n = body.read(buffer)) >= 0; ) {
        watch.touch();
        if (n > bytes - at) {
          tooLong();
        }
        part.append(buffer, n);
        at += n;
        progress.accept(at);
      }
      if (at < bytes) {
        String why =
            watch.expired() ? "no data for " + idle.toSeconds() + " s" : "the response ended";
        throw new IOException(why + " after " + at + " of " + bytes + " bytes");
      }
    }
  }

  private void tooLong() throws IOException {
    part.clear();
    throw new DownloadException(
        "download: " + uri + ": the server sent more than " + bytes + " bytes");
  }
}
