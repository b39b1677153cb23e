package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.serve.http.HttpError;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pictures that are much work: who waits for them, and who does not. */
@Timeout(120)
class DecodingTest {
  private static final long SECONDS = TimeUnit.SECONDS.toNanos(60);

  /** Takes a second to decode, and another to make. */
  private static final byte[] SLOW = png(3900, 4000);

  private final List<Decoding> open = new ArrayList<>();

  @AfterEach
  void end() {
    open.forEach(Decoding::close);
  }

  private Decoding decoding(int threads, int waiting) {
    Decoding made = new Decoding(16_000_000, threads, waiting);
    open.add(made);
    return made;
  }

  /** A black PNG of 16 bits a sample: the most memory and work of few bytes. */
  private static byte[] png(int width, int height) {
    Deflater deflater = new Deflater();
    byte[] zeros = new byte[(8 * width + 1) * height];
    deflater.setInput(zeros);
    deflater.finish();
    byte[] data = new byte[zeros.length / 500 + 100];
    int length = deflater.deflate(data);
    deflater.end();
    ByteBuffer out = ByteBuffer.allocate(100 + length).putLong(0x89504e470d0a1a0aL);
    ByteBuffer head = ByteBuffer.allocate(13).putInt(width).putInt(height);
    chunk(out, "IHDR", head.put(new byte[] {16, 6, 0, 0, 0}).array());
    chunk(out, "IDAT", Arrays.copyOf(data, length));
    chunk(out, "IEND");
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void chunk(ByteBuffer out, String type, byte... data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.putInt(data.length).put(name).put(data).putInt((int) crc.getValue());
  }

  /** Two decode, as many wait as may, another is refused; those that are canceled make room. */
  @Test
  void soManyWait() throws InterruptedException {
    Decoding decoding = decoding(2, 2);
    byte[] file = ServedModels.png(1);
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    LongConsumer blocked =
        bytes -> {
          begun.countDown();
          await(goOn);
        };
    CompletableFuture<Image> first = decoding.decode(file, SECONDS, blocked);
    decoding.decode(file, SECONDS, blocked);
    begun.await();
    CompletableFuture<Image> second = decoding.decode(file, SECONDS, bytes -> {});
    CompletableFuture<Image> third = decoding.decode(file, SECONDS, bytes -> {});
    assertThat(decoding.waiting()).isEqualTo(2);
    assertThatThrownBy(() -> decoding.decode(file, SECONDS, bytes -> {}))
        .isInstanceOf(HttpError.class)
        .hasMessage("predict: too many images are waiting to be decoded")
        .extracting(e -> ((HttpError) e).status())
        .isEqualTo(503);
    second.cancel(false);
    CompletableFuture<Image> fourth = decoding.decode(file, SECONDS, bytes -> {});
    goOn.countDown();
    Image wanted = ServedModels.image(1);
    assertThat(List.of(first.join(), third.join(), fourth.join())).containsOnly(wanted);
  }

  /** Large images, as many as there are, leave a thread to small ones. */
  @Test
  void smallOnesPassLargeOnes() throws InterruptedException {
    Decoding decoding = decoding(2, 8);
    byte[] large = png(1500, 1500);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<CompletableFuture<Image>> slow = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      slow.add(
          decoding.decode(
              large,
              SECONDS,
              bytes -> {
                begun.countDown();
                await(goOn);
              }));
    }
    begun.await();
    assertThat(decoding.decode(ServedModels.png(1), SECONDS, bytes -> {}).join())
        .isEqualTo(ServedModels.image(1));
    assertThat(slow).noneMatch(CompletableFuture::isDone);
    goOn.countDown();
    slow.forEach(CompletableFuture::join);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Canceling ends a decoding that runs: the thread takes the next one. */
  @Test
  void cancellingEndsWhatRuns() throws InterruptedException {
    Decoding decoding = decoding(2, 2);
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Image> slow = decoding.decode(SLOW, SECONDS, bytes -> begun.countDown());
    begun.await();
    slow.cancel(false);
    assertThat(decoding.decode(ServedModels.png(1), SECONDS, bytes -> {}).join())
        .isEqualTo(ServedModels.image(1));
    assertThatThrownBy(slow::join).isInstanceOf(CancellationException.class);
  }

  @Test
  void timeThatIsOverEndsIt() {
    Decoding decoding = decoding(2, 2);
    assertThatThrownBy(() -> decoding.decode(ServedModels.png(1), 0, bytes -> {}).join())
        .hasCauseInstanceOf(DeadlineException.class);
    assertThatThrownBy(() -> decoding.decode(SLOW, 20_000_000, bytes -> {}).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(DeadlineException.class);
  }

  /** Pictures that nobody can decode soon keep neither tensors nor health waiting. */
  @Test
  void tensorsAreAnsweredMeanwhile() throws IOException {
    try (ModelServer server = ModelServer.builder().maxRequestMemory(1L << 40).build()) {
      server.deploy("small", ServedModels.model(1));
      Client client = new Client(server);
      byte[] head = Hostile.head("POST", SmallServer.PREDICT, "Content-Length: " + SLOW.length);
      List<Socket> hostile = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Socket socket = RawClient.connect(server);
        socket.getOutputStream().write(Client.joined(head, SLOW));
        hostile.add(socket);
      }
      String tensor =
          "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3,8,8],\"data\":"
              + Arrays.toString(ServedModels.values(1, 1))
              + "}]}";
      int busy = 0;
      for (int i = 0; i < 20; i++) {
        HttpResponse<byte[]> answer = client.post(SmallServer.INFER, tensor);
        assertThat(answer.statusCode()).isEqualTo(200);
        busy += metrics(client).contains("route=\"/v1/models/NAME:predict\"") ? 0 : 1;
      }
      assertThat(busy).as("answered before any picture was").isPositive();
      for (Socket socket : hostile) {
        socket.close();
      }
      while (!metrics(client).contains("quern_held_bytes 0.0")) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(client.send("POST", SmallServer.PREDICT, ServedModels.png(2)).statusCode())
          .isEqualTo(200);
    }
  }

  private static String metrics(Client client) {
    return new String(client.get("/metrics").body(), StandardCharsets.UTF_8);
  }

  /** What decoding takes is held first: where another holds most, a large picture is refused. */
  @Test
  void memoryIsHeldAhead() throws IOException {
    try (ModelServer server = ModelServer.builder().maxRequestMemory(64 << 20).build()) {
      server.deploy("small", ServedModels.model(1));
      Client client = new Client(server);
      byte[] picture = png(2000, 3500); // 77 MB
      try (Socket half = RawClient.connect(server)) {
        half.getOutputStream()
            .write(Hostile.head("POST", SmallServer.PREDICT, "Content-Length: 3000000"));
        half.getOutputStream().write(new byte[2_900_000]);
        while (metrics(client).contains("quern_held_bytes 0.0")) {
          LockSupport.parkNanos(1_000_000);
        }
        HttpResponse<byte[]> refused = client.send("POST", SmallServer.PREDICT, picture);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      }
      while (!metrics(client).contains("quern_held_bytes 0.0")) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(client.send("POST", SmallServer.PREDICT, picture).statusCode()).isEqualTo(200);
    }
  }
}
