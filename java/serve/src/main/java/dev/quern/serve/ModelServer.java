package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.error.ClosedException;
import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.io.file.Require;
import dev.quern.predict.Model;
import dev.quern.serve.http.Budget;
import dev.quern.serve.http.Limits;
import dev.quern.serve.http.Listener;
import dev.quern.serve.http.Log;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

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
 * before they are read, and so are what all requests hold and how long a client takes. A client
 * that leaves before its answer is not computed for, where its batch has not begun. The logger
 * {@code dev.quern.serve.access} writes a line of JSON for each request at level DEBUG. Any number
 * of threads may use it.
 */
public final class ModelServer implements AutoCloseable {
  private static final String OPERATION = "serve";
  private static final long GRACE_SECONDS = 5;

  private final Registry registry;
  private final Deploying deploying;
  private final Service service;
  private final Listener listener;
  private final String scheme;
  private final AtomicBoolean closed = new AtomicBoolean();

  private ModelServer(ServerSettings s) {
    registry = new Registry(s.loading);
    scheme = s.tls == null ? "http" : "https";
    Budget budget = new Budget(s.maxHeldBytes);
    Metrics metrics = new Metrics(registry::all, budget);
    deploying = new Deploying(registry, metrics, s.batching, s.maxPlanBytes);
    service = service(registry, metrics, s);
    Limits limits =
        new Limits(s.maxBodyBytes, s.clientTimeout, s.requestTimeout, s.maxConnections, budget);
    InetSocketAddress at = s.at();
    int cores = Runtime.getRuntime().availableProcessors();
    try {
      listener = new Listener("quern-serve", cores, at, s.tls, limits, service);
    } catch (IOException e) {
      service.close();
      throw new FileAccessException(
          OPERATION + ": " + at + " cannot be listened on: " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      service.close();
      throw noThread(e);
    }
  }

  private static Service service(Registry registry, Metrics metrics, ServerSettings s) {
    try {
      return new Service(registry, metrics, s);
    } catch (OutOfMemoryError e) {
      throw noThread(e);
    }
  }

  private static MemoryLimitException noThread(OutOfMemoryError e) {
    MemoryLimitException refusal =
        new MemoryLimitException(
            OPERATION
                + ": the system grants too few threads or too little memory: "
                + e.getMessage());
    refusal.initCause(e);
    return refusal;
  }

  /** Settings of a server, each with a default. */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings of a {@link ModelServer}; of one thread. */
  public static final class Builder {
    private final ServerSettings settings = new ServerSettings();

    private Builder() {}

    /**
     * The port, up to 65,535; default 0, one that is free.
     *
     * @throws InvalidArgumentException if it is outside
     */
    public Builder port(int port) {
      settings.port(port);
      return this;
    }

    /**
     * Where it listens; default the loopback address, which no other machine reaches. There, unless
     * there is a token, a request's Host must be this machine's name: localhost, 127.0.0.1 or
     * [::1].
     */
    public Builder address(InetAddress address) {
      settings.address(address);
      return this;
    }

    /** HTTPS by these keys; default plain HTTP. */
    public Builder tls(SSLContext tls) {
      settings.tls(tls);
      return this;
    }

    /**
     * A secret that each request must show, as {@code Authorization: Bearer TOKEN}; default none.
     * Live and ready are told to everybody, as are the page, which asks for the token, and {@code
     * /openapi.json}.
     *
     * @throws InvalidArgumentException if it is shorter than 16 signs
     */
    public Builder token(String token) {
      settings.token(token);
      return this;
    }

    /**
     * How long a body may be, from 1 byte to 1 GiB; default 16 MiB. A longer one is answered 413.
     *
     * @throws InvalidArgumentException if it is outside
     */
    public Builder maxBodyBytes(long bytes) {
      settings.maxBodyBytes(bytes);
      return this;
    }

    /**
     * Bytes of the heap that all requests may hold together, their bodies, pictures and answers, at
     * least 1 MiB; default a quarter of what the heap may have. A request that finds too little
     * left is answered 503; one alone always gets in. Tensors of an answer are counted three times,
     * before they are computed and until they are written; a request for which that is more than
     * this limit is answered 413.
     *
     * @throws InvalidArgumentException if it is less
     */
    public Builder maxHeldBytes(long bytes) {
      settings.maxHeldBytes(bytes);
      return this;
    }

    /**
     * Height times width of a picture, from 1 to {@link Image#MOST_PIXELS}, checked before it is
     * decoded; default 16 million.
     *
     * @throws InvalidArgumentException if it is outside
     */
    public Builder maxPixels(long pixels) {
      settings.maxPixels(pixels);
      return this;
    }

    /**
     * Bytes outside the heap that the plans of a model may take together, at least 1 MiB; default 1
     * GiB. It is each deployed model's {@link Model#planLimit}. A request whose sample needs more,
     * such as a large picture for a network of free size, is answered 413 before memory is
     * allocated.
     *
     * @throws InvalidArgumentException if it is less
     */
    public Builder maxPlanBytes(long bytes) {
      settings.maxPlanBytes(bytes);
      return this;
    }

    /**
     * Whether models are still to be loaded when this begins to listen; default false. Until {@link
     * ModelServer#loaded} is called, the server is alive and not ready, and requests to a model
     * that is not there yet are answered 503 rather than 404.
     */
    public Builder loading(boolean loading) {
      settings.loading = loading;
      return this;
    }

    /**
     * How many clients may be connected at once, from 1 to 60,000; default 4096. More are closed
     * right away. Where the process may open too few files for that, it is fewer, which the log
     * says at start.
     *
     * @throws InvalidArgumentException if it is outside
     */
    public Builder maxConnections(int connections) {
      settings.maxConnections(connections);
      return this;
    }

    /**
     * How long a client may take from a request's first byte to its last, from a millisecond to a
     * day; default 30 seconds. It has twice that to take the answer and until its next request,
     * which ends connections that idle. A model has twice that to compute an answer, which is 503
     * otherwise.
     *
     * @throws InvalidArgumentException if it is outside
     */
    public Builder clientTimeout(Duration time) {
      settings.clientTimeout(time);
      return this;
    }

    /**
     * How long a request may wait until its batch begins, from a millisecond to a day; default 10
     * seconds. Counted from its last byte, for all stages: for a thread, to be read, in the queue,
     * where {@link BatchingModel.Builder#patience} may be shorter. Then it is answered 503.
     *
     * @throws InvalidArgumentException if it is outside
     */
    public Builder requestTimeout(Duration time) {
      settings.requestTimeout(time);
      return this;
    }

    /** How models batch: changes their settings; default none of them. */
    public Builder batching(UnaryOperator<BatchingModel.Builder> settings) {
      this.settings.batching(settings);
      return this;
    }

    /**
     * Listens from now on.
     *
     * @throws FileAccessException if the port is taken
     */
    public ModelServer build() {
      return new ModelServer(settings);
    }
  }

  /** Where it listens. */
  public int port() {
    return listener.address().getPort();
  }

  /** What a browser or client on this machine opens. */
  public String address() {
    InetAddress at = listener.address().getAddress();
    String host = at.isAnyLocalAddress() ? "localhost" : at.getHostAddress();
    return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /** All models that are to be there at first are there, so that the server may be ready. */
  public void loaded() {
    registry.loaded();
  }

  /**
   * Serves a model, in place of an older one of this name: that answers the requests that wait for
   * it, and is closed. No request is lost.
   *
   * <p>The server owns a model from a successful deploy on. It closes the model once that is
   * replaced or removed, or the server is closed, when the last call inside it ends, be it a
   * request's or the application's own: {@link Model#closeWhenFree}. A deploy that throws leaves
   * the model the caller's, and what was served before is still served.
   *
   * <p>Waits ten seconds at most for the requests of the older model; where a layer takes longer,
   * the older model is closed later, in the thread that computes. A layer may call this, {@link
   * #remove} and {@link #close}: the model that it runs in is not waited for.
   *
   * @param name of letters, digits, {@code _ . -}, at most 128
   * @param model open, and not deployed before, here or elsewhere; its plan limit becomes {@link
   *     Builder#maxPlanBytes}
   * @return the version under this name, from 1
   * @throws InvalidArgumentException if the name has other signs, or a server owns the model
   * @throws ClosedException if the model or this is closed
   * @throws dev.quern.error.MemoryLimitException if one sample of a model of fixed sizes needs more
   *     than the plan limit, or the system grants no threads
   */
  public int deploy(String name, Model model) {
    return deploying.deploy(name, model);
  }

  /**
   * Serves a model no more. It answers the requests that wait for it, and is closed as {@link
   * #deploy} says.
   *
   * @return false if there is none
   */
  public boolean remove(String name) {
    return registry.remove(Require.present(OPERATION, "name", name));
  }

  /**
   * Takes no more requests, answers those that are there within 5 seconds, and closes all models.
   * Clients are cut 6 seconds later at the latest. Waits 5 seconds more at most for models that
   * still compute; those are closed when they are done.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    service.end();
    try {
      if (!listener.close(GRACE_SECONDS)) {
        Log.warn("serve: requests are cut by the server's end");
      }
    } finally {
      service.close();
      registry.close();
    }
  }
}
