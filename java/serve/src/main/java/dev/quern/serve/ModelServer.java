package dev.quern.serve;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.file.Require;
import dev.quern.predict.Model;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Serves models over HTTP: by the Open Inference Protocol, version 2, and pictures by {@code POST
 * /v1/models/NAME:predict}. Requests that arrive together run together, see {@link BatchingModel}.
 * Metrics are at {@code /metrics}, a description at {@code /openapi.json}, a page at {@code /}.
 *
 * <pre>{@code
 * try (ModelServer server = ModelServer.builder().port(8000).build()) {
 *   server.deploy("cats", Model.load(file));
 *   ...
 * }
 * }</pre>
 *
 * <p>It listens on the loopback address unless told otherwise. Bodies and pictures are limited
 * before they are read. Threads are safe for any use.
 */
public final class ModelServer implements AutoCloseable {
  private static final String OPERATION = "serve";
  private static final int MOST_PORT = 65_535;
  private static final int BACKLOG = 1024;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

  private final Registry registry = new Registry();
  private final Metrics metrics = new Metrics(registry::all);
  private final UnaryOperator<BatchingModel.Builder> batching;
  private final HttpServer server;
  private final ExecutorService threads;
  private final String scheme;

  private ModelServer(Builder b) {
    batching = b.batching;
    scheme = b.tls == null ? "http" : "https";
    ServerTimes.limit();
    server = create(new InetSocketAddress(b.address, b.port), b.tls);
    threads = RequestThreads.of(b.maxRequests);
    server.setExecutor(threads);
    server.createContext("/", new Service(registry, metrics, b));
    server.start();
  }

  private static HttpServer create(InetSocketAddress at, @Nullable SSLContext tls) {
    try {
      if (tls == null) {
        return HttpServer.create(at, BACKLOG);
      }
      HttpsServer secure = HttpsServer.create(at, BACKLOG);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      return secure;
    } catch (IOException e) {
      throw new FileAccessException(
          OPERATION + ": " + at + " cannot be listened on: " + e.getMessage(), e);
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Settings of a {@link ModelServer}. */
  public static final class Builder {
    private static final int MOST_REQUESTS = 100_000;

    private InetAddress address = InetAddress.getLoopbackAddress();
    private int port;
    private @Nullable SSLContext tls;
    private int maxRequests = 512;
    private UnaryOperator<BatchingModel.Builder> batching = b -> b;
    @Nullable String token;
    long maxBodyBytes = 16L << 20;
    long maxPixels = 16_000_000;

    private Builder() {}

    /** The port; default 0, one that is free. */
    public Builder port(int port) {
      if (port < 0 || port > MOST_PORT) {
        throw new InvalidArgumentException(
            OPERATION + ": port " + port + " is outside [0, " + MOST_PORT + "]");
      }
      this.port = port;
      return this;
    }

    /** Where it listens; default the loopback address, which no other machine reaches. */
    public Builder address(InetAddress address) {
      this.address = Require.present(OPERATION, "address", address);
      return this;
    }

    /** HTTPS by these keys; default plain HTTP. */
    public Builder tls(SSLContext tls) {
      this.tls = Require.present(OPERATION, "tls", tls);
      return this;
    }

    /**
     * A secret that each request must show, as {@code Authorization: Bearer TOKEN}; default none.
     * Live and ready are told to everybody.
     *
     * @throws InvalidArgumentException if it is shorter than 16 signs
     */
    public Builder token(String token) {
      if (Require.present(OPERATION, "token", token).length() < 16) {
        throw new InvalidArgumentException(OPERATION + ": the token is shorter than 16 signs");
      }
      this.token = token;
      return this;
    }

    /** How long a body may be, from 1 byte to 1 GiB; default 16 MiB. */
    public Builder maxBodyBytes(long bytes) {
      maxBodyBytes = within("max_body_bytes", bytes, 1L << 30);
      return this;
    }

    /** Height times width of a picture, checked before it is decoded; default 16 million. */
    public Builder maxPixels(long pixels) {
      maxPixels = within("max_pixels", pixels, dev.quern.data.Image.MOST_PIXELS);
      return this;
    }

    /** How many requests are read and answered at once; more wait unread. Default 512. */
    public Builder maxRequests(int requests) {
      maxRequests = (int) within("max_requests", requests, MOST_REQUESTS);
      return this;
    }

    /** How models batch: changes their settings; default none of them. */
    public Builder batching(UnaryOperator<BatchingModel.Builder> settings) {
      batching = Require.present(OPERATION, "batching", settings);
      return this;
    }

    private static long within(String what, long value, long most) {
      if (value < 1 || value > most) {
        throw new InvalidArgumentException(
            OPERATION + ": " + what + " " + value + " is outside [1, " + most + "]");
      }
      return value;
    }

    /**
     * Listens from now on.
     *
     * @throws FileAccessException if the port is taken
     */
    public ModelServer build() {
      return new ModelServer(this);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** What a browser or client on this machine opens. */
  public String address() {
    InetAddress at = server.getAddress().getAddress();
    String host = at.isAnyLocalAddress() ? "localhost" : at.getHostAddress();
    return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /**
   * Serves a model, in place of an older one of this name: that answers what waits for it, and is
   * closed. No request is lost.
   *
   * @param name of letters, digits, {@code _ . -}, at most 128
   * @param model the server's from now on, which closes it
   * @return the version under this name, from 1
   */
  public int deploy(String name, Model model) {
    Require.present(OPERATION, "name", name);
    Require.present(OPERATION, "model", model);
    if (!NAME.matcher(name).matches()) {
      throw new InvalidArgumentException(
          OPERATION + ": name \"" + name + "\" is not made of letters, digits, _ . -");
    }
    BatchingModel.Builder builder =
        Require.present(OPERATION, "batching", batching.apply(BatchingModel.builder(model)));
    return registry.put(
        name, builder.answering(Runnable::run).statistics(metrics.of(name)).build());
  }

  /**
   * Serves a model no more. It answers what waits for it, and is closed.
   *
   * @return false if there is none
   */
  public boolean remove(String name) {
    return registry.remove(Require.present(OPERATION, "name", name));
  }

  /** Takes no more requests, answers those that are there within some seconds, and ends. */
  @Override
  public void close() {
    registry.close();
    server.stop(1);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(Duration.ofSeconds(2).toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
