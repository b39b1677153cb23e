package dev.quern.fuzz.serve;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/** A client that means harm: one connection at a time, from a thread of its own. */
final class HostileClient implements Runnable {
  private static final int SLOW_MILLIS = 50;
  private static final int PAUSE_MILLIS = 5;
  private static final int PIPELINED = 500;

  /** What is not answered within it is left: the attack's end closes it in any case. */
  private static final int PATIENCE_MILLIS = 20_000;

  private final int port;
  private final Hostility hostility;
  private final Bombs bombs;
  private final List<Question> right;
  private final SplittableRandom random;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean done;

  /**
   * @param right valid requests, to be spoiled
   */
  HostileClient(
      int port, Hostility hostility, Bombs bombs, List<Question> right, SplittableRandom random) {
    this.port = port;
    this.hostility = hostility;
    this.bombs = bombs;
    this.right = right;
    this.random = random;
  }

  @Override
  public void run() {
    while (!done) {
      try {
        hostility.act(this, random);
        Thread.sleep(PAUSE_MILLIS);
      } catch (IOException | RuntimeException e) {
        rest(); // refused or cut, as it deserves; what comes of it the valid clients see
      } catch (Exception e) {
        return;
      }
    }
  }

  private static void rest() {
    try {
      Thread.sleep(10 * PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends what it does, and closes its connection. */
  void stop() {
    done = true;
    for (Socket s : open) {
      try {
        s.close();
      } catch (IOException e) {
        // it is closed already
      }
    }
  }

  private interface Use {
    void with(Socket socket) throws IOException, InterruptedException;
  }

  private void connected(Use use) throws IOException, InterruptedException {
    try (Socket socket = Wire.connect(port)) {
      open.add(socket);
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        if (!done) {
          use.with(socket);
        }
      } finally {
        open.remove(socket);
      }
    }
  }

  private void send(byte[] request) throws IOException, InterruptedException {
    connected(
        socket -> {
          socket.getOutputStream().write(request);
          Wire.pass(new BufferedInputStream(socket.getInputStream()));
        });
  }

  private byte[] pick(Bombs.Sort sort) {
    List<byte[]> all = bombs.of(sort);
    return all.get(random.nextInt(all.size()));
  }

  void picture(Bombs.Sort sort, String model) throws IOException, InterruptedException {
    send(Wire.post("/v1/models/" + model + ":predict", pick(sort)));
  }

  void json(Bombs.Sort sort) throws IOException, InterruptedException {
    String model = random.nextBoolean() ? Networks.TENSORS_NAME : Networks.SMALL_NAME;
    byte[] body = pick(sort);
    connected(
        socket -> {
          OutputStream out = socket.getOutputStream();
          out.write(
              Wire.head(
                  "POST", "/v2/models/" + model + "/infer", "Content-Length: " + body.length));
          out.write(body);
          Wire.pass(new BufferedInputStream(socket.getInputStream()));
        });
  }

  /** A valid request, an image or one of 16 MiB, byte by byte. */
  void slow() throws IOException, InterruptedException {
    byte[] request =
        random.nextInt(3) == 0
            ? Wire.head("POST", "/v2/models/small/infer", "Content-Length: " + (16 << 20))
            : valid();
    int ahead = random.nextInt(request.length);
    connected(
        socket -> {
          OutputStream out = socket.getOutputStream();
          out.write(request, 0, ahead);
          out.write(new byte[random.nextInt(2) << 18]);
          for (int i = ahead; !done; i++) {
            out.write(i < request.length ? request[i] : ' ');
            Thread.sleep(SLOW_MILLIS);
          }
        });
  }

  private byte[] valid() {
    return right.get(random.nextInt(right.size())).request();
  }

  void pipeline() throws IOException, InterruptedException {
    byte[] request =
        switch (random.nextInt(4)) {
          case 0 -> Wire.head("GET", "/v2/health/ready");
          case 1 -> Wire.head("GET", "/metrics");
          case 2 -> Wire.head("GET", "/none");
          default -> valid();
        };
    connected(
        socket -> {
          byte[] all = new byte[request.length * PIPELINED];
          for (int i = 0; i < PIPELINED; i++) {
            System.arraycopy(request, 0, all, i * request.length, request.length);
          }
          socket.getOutputStream().write(all);
          InputStream in = new BufferedInputStream(socket.getInputStream());
          if (random.nextBoolean()) {
            for (int i = 0; i < PIPELINED && Wire.pass(in) > 0; i++) {
              // reads on
            }
          } else {
            Thread.sleep(random.nextInt(3000));
          }
        });
  }

  void leave() throws IOException, InterruptedException {
    byte[] request =
        random.nextInt(4) == 0
            ? Wire.post("/v1/models/small:predict", pick(Bombs.Sort.SCANS))
            : valid();
    int sent = random.nextInt(3) == 0 ? random.nextInt(request.length) : request.length;
    connected(
        socket -> {
          socket.getOutputStream().write(request, 0, sent);
          Thread.sleep(random.nextInt(random.nextBoolean() ? 3 : 100));
          if (random.nextBoolean()) {
            socket.setSoLinger(true, 0); // a reset
          }
        });
  }

  void halfClose() throws IOException, InterruptedException {
    byte[] request = valid();
    int sent = random.nextBoolean() ? request.length : random.nextInt(request.length);
    connected(
        socket -> {
          socket.getOutputStream().write(request, 0, sent);
          if (random.nextInt(4) == 0) {
            socket.shutdownInput();
            Thread.sleep(random.nextInt(500));
          } else {
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
          }
        });
  }

  void malformed() throws IOException, InterruptedException {
    byte[] request = Malformed.next(random, right);
    connected(
        socket -> {
          socket.setSoTimeout(500);
          socket.getOutputStream().write(request);
          socket.getInputStream().readNBytes(4096);
        });
  }

  void odd() throws IOException, InterruptedException {
    send(oddRequest());
  }

  /** What keeps the model with the odd layer busy. */
  static byte[] oddRequest() {
    String text =
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,6],\"data\":"
            + Arrays.toString(Networks.values(1, Networks.TENSORS))
            + "}]}";
    byte[] body = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return Wire.post("/v2/models/" + Networks.ODD_NAME + "/infer", body);
  }
}
