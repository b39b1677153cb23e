package dev.quern.io.dataset;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on the loopback interface that serves one file and misbehaves on demand. */
public final class TestServer implements AutoCloseable {
  /** Serves ranges, or ignores them as some servers do. */
  boolean ranges = true;

  /** Sent as ETag; null for none. */
  String etag = "\"v1\"";

  /** Whether sizes are announced. */
  boolean announce = true;

  public byte[] content;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  /** What goes wrong with one request. */
  private record Fault(int status, int cutAfter, boolean silent) {}

  public TestServer(byte[] content) throws IOException {
    this.content = content;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/data/", this::serve);
    server.setExecutor(threads);
    server.start();
  }

  /** Repeats at once. */
  public static Downloader downloader() {
    return new Downloader(Duration.ofSeconds(10), Duration.ZERO);
  }

  /** The next request gets this status and no body. */
  public TestServer status(int status) {
    faults.add(new Fault(status, 0, false));
    return this;
  }

  /** The next request's connection ends after so many bytes of the body. */
  public TestServer cut(int after) {
    faults.add(new Fault(0, after, false));
    return this;
  }

  /** The next request gets so many bytes and then nothing more. */
  TestServer silent(int after) {
    faults.add(new Fault(0, after, true));
    return this;
  }

  /** {@code Range} headers in order; {@code whole} for a request without one. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  public URI uri(String name) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/data/" + name);
  }

  /** The file as promised: its present content. */
  RemoteFile file(String name) {
    return new RemoteFile(uri(name), content.length, sha256(content));
  }

  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(range == null ? "whole" : range);
      Fault fault = faults.poll();
      if (fault != null && fault.status != 0) {
        exchange.sendResponseHeaders(fault.status, -1);
        return;
      }
      if (etag != null) {
        exchange.getResponseHeaders().set("ETag", etag);
      }
      byte[] body = content;
      int status = 200;
      String condition = exchange.getRequestHeaders().getFirst("If-Range");
      if (range != null && ranges && (condition == null || condition.equals(etag))) {
        int from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        body = Arrays.copyOfRange(content, from, content.length);
        status = 206;
        exchange
            .getResponseHeaders()
            .set(
                "Content-Range",
                "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
      }
      exchange.sendResponseHeaders(status, announce ? body.length : 0);
      exchange.getResponseBody().write(body, 0, fault == null ? body.length : fault.cutAfter);
      if (fault != null && fault.silent) {
        exchange.getResponseBody().flush();
        closing.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
