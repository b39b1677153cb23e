package dev.quern.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads of a listener outlive what is thrown in them, and waiting for them has an end. */
@Timeout(120)
class ListenerTest implements RequestHandler {
  private static final int THREADS = 2;
  private static final int LARGE = 300_000;
  private static final int PATIENCE_SECONDS = 20;

  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger running = new AtomicInteger();
  private final Budget budget = new Budget(1 << 26);
  private Listener listener;

  @BeforeEach
  void listen() throws IOException {
    listener =
        new Listener(
            "test",
            THREADS,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            new Limits(1 << 20, Duration.ofSeconds(20), Duration.ofMillis(500), 256, budget),
            this);
  }

  @AfterEach
  void end() {
    release.countDown();
    listener.close(1);
  }

  /** What a request's path says, here or in another thread. */
  @Override
  public void begin(Request request) {
    String[] path = request.path().split("/");
    String what = path[2];
    switch (path[1]) {
      case "here" -> act(request, what);
      case "body" -> request.body(body -> act(request, what));
      case "await" -> {
        CompletableFuture<String> answer = new CompletableFuture<>();
        request.await(answer, value -> act(request, what));
        answer.complete("");
      }
      case "failed" -> {
        CompletableFuture<String> answer = new CompletableFuture<>();
        request.await(answer, value -> {});
        answer.completeExceptionally(thrown(what));
      }
      default -> request.await(new CompletableFuture<>(), value -> {}); // never
    }
  }

  private void act(Request request, String what) {
    if (what.equals("block")) {
      block();
    }
    Throwable t = thrown(what);
    if (t instanceof Error e) {
      throw e;
    } else if (t != null) {
      throw (RuntimeException) t;
    }
    request.answer(200, "text/plain", new byte[] {1});
  }

  private void block() {
    running.incrementAndGet();
    while (release.getCount() > 0) {
      try {
        release.await();
      } catch (InterruptedException e) {
        // as code that does not care
      }
    }
  }

  private static Throwable thrown(String what) {
    return switch (what) {
      case "memory", "worse" -> new OutOfMemoryError("for the test");
      case "stack" -> new StackOverflowError();
      case "class" -> new NoClassDefFoundError("for/The/Test");
      case "assertion" -> new AssertionError("for the test");
      case "other" -> new IllegalStateException("for the test");
      default -> null;
    };
  }

  @Override
  public void failed(Request request, Throwable thrown) {
    if (request.path().endsWith("worse")) {
      throw new OutOfMemoryError("for the answer, too");
    }
    int status = thrown instanceof HttpError error ? error.status() : 500;
    request.answer(status, "text/plain");
  }

  @Override
  public void ended(Request request) {
    if (request.path().endsWith("stack")) {
      throw new StackOverflowError();
    }
    if (request.path().endsWith("unsent")) {
      block();
    }
  }

  @Test
  void threadsOutliveWhatIsThrown() throws IOException {
    for (int i = 0; i < 5 * THREADS; i++) {
      for (String where : List.of("here", "body", "await", "failed")) {
        for (String what : List.of("memory", "stack", "class", "assertion", "other", "worse")) {
          int expected = what.equals("worse") || what.equals("stack") ? 503 : 500;
          assertThat(status("/" + where + "/" + what)).as(where + " " + what).isEqualTo(expected);
        }
      }
    }
    assertThat(status("/here/ok")).isEqualTo(200);
    assertThat(status("/body/ok")).isEqualTo(200);
    assertThat(status("/await/ok")).isEqualTo(200);
    awaitNothingHeld();
  }

  @Test
  void whoFindsNoThreadIsAnsweredInTime() throws Exception {
    List<Socket> blocking = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      blocking.add(send("/body/block", 1));
    }
    await(THREADS);
    for (int i = 0; i < 5; i++) {
      assertThat(status("/body/ok")).isEqualTo(503);
    }
    for (Socket socket : blocking) {
      assertThat(status(socket)).as("what runs longer than it may").isEqualTo(503);
    }
    assertThat(status("/here/ok")).isEqualTo(200);
    release.countDown();
    assertThat(status("/body/ok")).isEqualTo(200);
  }

  @Test
  void smallRequestsDoNotWaitForLargeOnes() throws Exception {
    List<Socket> blocking = new ArrayList<>();
    for (int i = 0; i < 4 * THREADS; i++) {
      blocking.add(send("/body/block", LARGE));
    }
    await(THREADS - 1);
    for (int i = 0; i < 10; i++) {
      assertThat(status("/body/ok")).isEqualTo(200);
    }
    for (Socket socket : blocking) {
      assertThat(status(socket)).isEqualTo(503);
    }
    assertThat(running.get()).isLessThan(THREADS);
    awaitNothingHeld();
  }

  /** A client that leaves between its response and the first byte's write keeps no memory. */
  @Test
  void aClientThatLeavesBeforeTheFirstByteHoldsNothing() throws Exception {
    Socket leaving = send("/body/unsent", 1);
    await(1);
    assertThat(budget.held()).isPositive();
    leaving.close();
    awaitNothingHeld();
    release.countDown();
    assertThat(status("/body/ok")).isEqualTo(200);
    awaitNothingHeld();
  }

  /** Memory is given back when an answer is written, which its client may see a little earlier. */
  private void awaitNothingHeld() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (budget.held() != 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(budget.held()).isZero();
  }

  /** An answer that never comes is not awaited for ever: the client gets one. */
  @Test
  void noAnswerAtAll() throws IOException {
    listener.close(0);
    listener =
        new Listener(
            "test",
            THREADS,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            new Limits(1 << 20, Duration.ofMillis(300), Duration.ofMillis(100), 256, budget),
            this);
    assertThat(status("/never/x")).isEqualTo(503);
  }

  @Test
  void noThreadIsStartedUnderLoad() throws Exception {
    var threads = ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 10; i++) {
      assertThat(status("/body/ok")).isEqualTo(200);
    }
    long before = threads.getTotalStartedThreadCount();
    List<Socket> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(send(i % 2 == 0 ? "/body/ok" : "/await/ok", i % 3 == 0 ? LARGE : 1));
    }
    for (Socket socket : all) {
      assertThat(status(socket)).isIn(200, 503);
    }
    // the JVM's compiler starts some of its own
    assertThat(threads.getTotalStartedThreadCount() - before).isLessThan(16);
  }

  /** Sixty clients with hundreds of requests ahead each do not come before one with one. */
  @Test
  void requestsInAdvanceTakeTurns() throws Exception {
    int clients = 60;
    int each = 500;
    AtomicInteger answered = new AtomicInteger();
    Thread[] readers = new Thread[clients];
    String one = "GET /here/ok HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int i = 0; i < clients; i++) {
      Socket socket = connect();
      readers[i] = new Thread(() -> count(socket, answered));
      readers[i].start();
      OutputStream out = socket.getOutputStream();
      out.write((one.repeat(each)).getBytes(StandardCharsets.ISO_8859_1));
    }
    int before = answered.get();
    assertThat(status("/here/ok")).isEqualTo(200);
    int meanwhile = answered.get() - before;
    assertThat(meanwhile).isLessThan(clients * each / 2);
    for (Thread t : readers) {
      t.join();
    }
    assertThat(answered.get()).isEqualTo(clients * each);
  }

  private static void count(Socket socket, AtomicInteger answered) {
    try (socket) {
      byte[] buffer = new byte[1 << 12];
      for (int own = 0; own < 500; ) {
        int n = socket.getInputStream().read(buffer);
        for (int i = 0; i < n; i++) {
          if (buffer[i] == 1) { // an answer's body; heads have no such byte
            own++;
            answered.incrementAndGet();
          }
        }
        if (n < 0) {
          return;
        }
      }
    } catch (IOException e) {
      // the count says so
    }
  }

  private void await(int blocked) throws InterruptedException {
    while (running.get() < blocked) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.address().getPort());
    socket.setSoTimeout(60_000);
    return socket;
  }

  private Socket send(String path, int bytes) throws IOException {
    Socket socket = connect();
    String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes;
    socket.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write(new byte[bytes]);
    return socket;
  }

  private int status(String path) throws IOException {
    return status(send(path, 1));
  }

  private static int status(Socket socket) throws IOException {
    try (socket) {
      String line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
      return line.length() < 12 ? 0 : Integer.parseInt(line.substring(9));
    }
  }
}
