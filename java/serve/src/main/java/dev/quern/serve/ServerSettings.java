package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a server with their defaults and ranges; {@link ModelServer.Builder} documents
 * them. Not thread-safe.
 */
final class ServerSettings {
  private static final String OPERATION = "serve";
  private static final int MOST_PORT = 65_535;
  private static final int MOST_CONNECTIONS = 60_000;
  private static final int LEAST_TOKEN = 16;
  private static final long LEAST_MEMORY = 1 << 20;

  InetAddress address = InetAddress.getLoopbackAddress();
  private int port;
  @Nullable SSLContext tls;
  @Nullable String token;
  long maxBodyBytes = 16L << 20;
  long maxRequestMemory = Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 4);
  long maxPixels = 16_000_000;
  long maxPlanBytes = 1L << 30;
  int maxConnections = 4096;
  Duration clientTimeout = Duration.ofSeconds(30);
  Duration requestTimeout = Duration.ofSeconds(10);
  UnaryOperator<BatchingModel.Builder> batching = b -> b;
  boolean loading;

  /** Returns the socket address to listen on. */
  InetSocketAddress at() {
    return new InetSocketAddress(address, port);
  }

  void port(int port) {
    if (port < 0 || port > MOST_PORT) {
      throw new InvalidArgumentException(
          OPERATION + ": port " + port + " is outside [0, " + MOST_PORT + "]");
    }
    this.port = port;
  }

  void address(InetAddress address) {
    this.address = Require.present(OPERATION, "address", address);
  }

  void tls(SSLContext tls) {
    this.tls = Require.present(OPERATION, "tls", tls);
  }

  void token(String token) {
    if (Require.present(OPERATION, "token", token).length() < LEAST_TOKEN) {
      throw new InvalidArgumentException(
          OPERATION + ": the token must have at least " + LEAST_TOKEN + " characters");
    }
    this.token = token;
  }

  void maxBodyBytes(long bytes) {
    maxBodyBytes = within("max_body_bytes", bytes, 1, 1L << 30);
  }

  void maxRequestMemory(long bytes) {
    maxRequestMemory = within("max_request_memory", bytes, LEAST_MEMORY, Long.MAX_VALUE / 2);
  }

  void maxPixels(long pixels) {
    maxPixels = within("max_pixels", pixels, 1, Image.MOST_PIXELS);
  }

  void maxPlanBytes(long bytes) {
    maxPlanBytes = within("max_plan_bytes", bytes, 1 << 20, Long.MAX_VALUE / 2);
  }

  void maxConnections(int connections) {
    maxConnections = (int) within("max_connections", connections, 1, MOST_CONNECTIONS);
  }

  void clientTimeout(Duration time) {
    clientTimeout = within("client_timeout", time);
  }

  void requestTimeout(Duration time) {
    requestTimeout = within("request_timeout", time);
  }

  void batching(UnaryOperator<BatchingModel.Builder> settings) {
    batching = Require.present(OPERATION, "batching", settings);
  }

  private static Duration within(String what, Duration time) {
    Require.present(OPERATION, what, time);
    if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
      throw new InvalidArgumentException(
          OPERATION + ": " + what + " " + time + " must be from 1 ms to 1 day");
    }
    return time;
  }

  private static long within(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new InvalidArgumentException(
          OPERATION + ": " + what + " " + value + " is outside [" + least + ", " + most + "]");
    }
    return value;
  }
}
