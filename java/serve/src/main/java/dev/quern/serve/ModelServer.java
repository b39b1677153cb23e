package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.error.ClosedException;
import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.internal.arguments.Require;
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
 * An HTTP server for models. It accepts tensors by the Open Inference Protocol, version 2, and
 * image files by {@code POST /v1/models/NAME:predict}. Concurrent requests are batched (see {@link
 * BatchingModel}). Metrics are at {@code /metrics}, the API's description at {@code /openapi.json},
 * and a page for trying models at {@code /}.
 *
 * <pre>{@code
 * try (ModelServer server = ModelServer.builder().port(8000).build()) {
 *   server.deploy("cats", Model.load(file));
 *   ...
 * }
 * }</pre>
 *
 * <p>The server listens on the loopback address by default. The server limits the sizes of bodies
 * and images, the memory of all requests together, and the time that a client may take. If a client
 * disconnects before its batch starts, its request is dropped. The logger {@code
 * dev.quern.serve.access} writes one line of JSON per request at level DEBUG. Thread-safe.
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
    Budget budget = new Budget(s.maxRequestMemory);
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
          OPERATION + ": " + at + " cannot be bound: " + e.getMessage(), e);
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
            OPERATION + ": the system has too few threads or too little memory: " + e.getMessage());
    refusal.initCause(e);
    return refusal;
  }

  /** Returns a builder with default settings. */
  public static Builder builder() {
    return new Builder();
  }

  /** The settings of a {@link ModelServer}. Not thread-safe. */
  public static final class Builder {
    private final ServerSettings settings = new ServerSettings();

    private Builder() {}

    /**
     * Sets the port, from 0 to 65,535; default 0, which selects a free port.
     *
     * @throws InvalidArgumentException if the port is outside this range
     */
    public Builder port(int port) {
      settings.port(port);
      return this;
    }

    /**
     * Sets the address to listen on; default the loopback address, which other machines cannot
     * reach. On the loopback address and without a token, a request's Host header must name this
     * machine: localhost, 127.0.0.1 or [::1].
     */
    public Builder address(InetAddress address) {
      settings.address(address);
      return this;
    }

    /** Enables HTTPS with the keys of this SSL context; default plain HTTP. */
    public Builder tls(SSLContext tls) {
      settings.tls(tls);
      return this;
    }

    /**
     * Sets a secret that each request must send as {@code Authorization: Bearer TOKEN}; default
     * none. Requests for liveness, readiness, {@code /openapi.json} and the page do not need the
     * secret; the page prompts for it.
     *
     * @throws InvalidArgumentException if the token is shorter than 16 characters
     */
    public Builder token(String token) {
      settings.token(token);
      return this;
    }

    /**
     * Sets the largest size of a request's body, from 1 byte to 1 GiB; default 16 MiB. A larger
     * body gets status 413.
     *
     * @throws InvalidArgumentException if {@code bytes} is outside this range
     */
    public Builder maxBodyBytes(long bytes) {
      settings.maxBodyBytes(bytes);
      return this;
    }

    /**
     * Sets the memory budget of all requests together, in bytes, for bodies, images and responses
     * on the heap: at least 1 MiB; default a quarter of the maximum heap. A request that does not
     * fit in the free part gets status 503, unless it is the only request. Output tensors count
     * with three times their size, from before they are computed until they are sent; a request
     * whose output tensors exceed the whole budget gets status 413.
     *
     * @throws InvalidArgumentException if {@code bytes} is less than 1 MiB
     */
    public Builder maxRequestMemory(long bytes) {
      settings.maxRequestMemory(bytes);
      return this;
    }

    /**
     * Sets the largest height times width of an image, from 1 to {@link Image#MOST_PIXELS}; default
     * 16 million. The limit is checked before the image is decoded.
     *
     * @throws InvalidArgumentException if {@code pixels} is outside this range
     */
    public Builder maxPixels(long pixels) {
      settings.maxPixels(pixels);
      return this;
    }

    /**
     * Sets the off-heap memory in bytes that the plans of each model may use together: at least 1
     * MiB; default 1 GiB. The limit becomes the {@link Model#planLimit} of each deployed model. A
     * request with a sample that needs more memory, such as a large image for a network with
     * dynamic sizes, gets status 413 before memory is allocated.
     *
     * @throws InvalidArgumentException if {@code bytes} is less than 1 MiB
     */
    public Builder maxPlanBytes(long bytes) {
      settings.maxPlanBytes(bytes);
      return this;
    }

    /**
     * Sets whether models will still be deployed after the server has started to listen; default
     * false. If true, the server is alive but not ready until {@link ModelServer#loaded} is called,
     * and requests to an unknown model get status 503 instead of 404.
     */
    public Builder loading(boolean loading) {
      settings.loading = loading;
      return this;
    }

    /**
     * Sets the maximum number of open connections, from 1 to 60,000; default 4096. Further
     * connections are closed immediately. If the process's limit of open files is too low, the
     * number is reduced at start, and the log reports this.
     *
     * @throws InvalidArgumentException if {@code connections} is outside this range
     */
    public Builder maxConnections(int connections) {
      settings.maxConnections(connections);
      return this;
    }

    /**
     * Sets the maximum time from a request's first byte to its last, from a millisecond to a day;
     * default 30 seconds. A client may take twice this time to receive the response, and twice this
     * time before its next request; otherwise its connection is closed. A model may take twice this
     * time to compute a prediction; otherwise the status is 503.
     *
     * @throws InvalidArgumentException if the time is outside this range
     */
    public Builder clientTimeout(Duration time) {
      settings.clientTimeout(time);
      return this;
    }

    /**
     * Sets the maximum time from a request's last byte until its batch starts, from a millisecond
     * to a day; default 10 seconds. A request that waits longer gets status 503. The time includes
     * waiting for a thread, parsing, and the queue. {@link BatchingModel.Builder#queueTimeout} may
     * limit the time in the queue further.
     *
     * @throws InvalidArgumentException if the time is outside this range
     */
    public Builder requestTimeout(Duration time) {
      settings.requestTimeout(time);
      return this;
    }

    /**
     * Sets a function that is applied to the batching settings of each deployed model; by default,
     * the settings are unchanged.
     */
    public Builder batching(UnaryOperator<BatchingModel.Builder> settings) {
      this.settings.batching(settings);
      return this;
    }

    /**
     * Builds the server and starts it.
     *
     * @throws FileAccessException if the port is in use
     */
    public ModelServer build() {
      return new ModelServer(settings);
    }
  }

  /** Returns the port on which the server listens. */
  public int port() {
    return listener.address().getPort();
  }

  /** Returns the server's URL for browsers and clients on this machine. */
  public String address() {
    InetAddress at = listener.address().getAddress();
    String host = at.isAnyLocalAddress() ? "localhost" : at.getHostAddress();
    return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /** Declares that all initial models are deployed, so that the server reports itself ready. */
  public void loaded() {
    registry.loaded();
  }

  /**
   * Deploys a model under a name. An older model with this name is replaced: it completes its
   * pending requests and is then closed, so no request is lost.
   *
   * <p>After a successful deploy the server owns the model. When the model is replaced or removed,
   * or the server is closed, the server closes the model after the last running call of a request
   * or of the application (see {@link Model#closeWhenFree}). If deploy throws, the caller still
   * owns the model, and the older model remains in service.
   *
   * <p>Waits at most ten seconds for the requests of the older model; if a layer takes longer, the
   * thread that runs the layer closes the older model afterwards. A layer may call this method,
   * {@link #remove} and {@link #close}; these methods then do not wait for the layer's own model.
   *
   * @param name the name: at most 128 letters, digits and {@code _ . -}
   * @param model an open model that was not deployed before on any server; its plan limit becomes
   *     {@link Builder#maxPlanBytes}
   * @return the version under this name, from 1
   * @throws InvalidArgumentException if the name contains other characters, or a server owns the
   *     model
   * @throws ClosedException if the model or the server is closed
   * @throws dev.quern.error.MemoryLimitException if one sample of a model with fixed sizes needs
   *     more than the plan limit, or the system cannot create threads
   */
  public int deploy(String name, Model model) {
    return deploying.deploy(name, model);
  }

  /**
   * Removes a model: it completes its pending requests and is closed as described for {@link
   * #deploy}.
   *
   * @return false if no model has this name
   */
  public boolean remove(String name) {
    return registry.remove(Require.present(OPERATION, "name", name));
  }

  /**
   * Rejects new requests, completes running ones, and closes all models. Takes at most 16 seconds:
   * 5 for running requests, 6 for connections, and 5 for models that are still computing. A model
   * that needs longer is closed when it has finished.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    service.end();
    try {
      if (!listener.close(GRACE_SECONDS)) {
        Log.warn("serve: requests are aborted because the server shuts down");
      }
    } finally {
      service.close();
      registry.close();
    }
  }
}
