package dev.quern.bench;

import dev.quern.data.Dataset;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Trainer;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Trains on a folder of JPEG files of 256x256 that may be larger than memory: what decoding costs,
 * and how long steps wait for it. Makes the files where they are not there yet.
 *
 * <pre>FolderBench DIR FILES [NETWORK [SIDE [CACHE_MB]]]</pre>
 */
public class FolderBench {
  private static final int CLASSES = 10;
  private static final int BATCH = 64;

  public static void main(String[] args) throws IOException {
    Path dir = Path.of(args[0]);
    int files = Integer.parseInt(args[1]);
    String net = args.length > 2 ? args[2] : "resnet18";
    int side = args.length > 3 ? Integer.parseInt(args[3]) : 64;
    long cache = args.length > 4 ? Long.parseLong(args[4]) << 20 : 0;
    draw(dir, files);
    long begin = System.nanoTime();
    try (ImageFolder folder =
        ImageFolder.builder(dir)
            .size(Size.of(side))
            .cache(cache)
            .listener(FolderBench::tell)
            .open()) {
      double decoding = files / seconds(begin);
      Dataset all = folder.all();
      Network network = Networks.byName(net, Shape.of(3, side, side), CLASSES);
      // as many samples as a batch, which are there: what steps alone do
      Dataset memory = copy(all.slice(0, Math.min(files, BATCH)), Math.min(files, 20 * BATCH));
      try (Trainer trainer =
          Trainer.builder(network)
              .batch(BATCH)
              .optimizer(new Sgd(0.01f))
              .preprocessing(folder.preprocessing())
              .build()) {
        trainer.fit(memory, 1); // warm
        double before = rate(trainer, memory);
        double both = rate(trainer, all);
        // a machine with neighbors changes its speed meanwhile
        double steps = (before + rate(trainer, memory)) / 2;
        double bound = 1 / (1 / steps + 1 / decoding); // both use all cores
        System.out.printf(
            Locale.ROOT,
            "{\"files\":%d,\"net\":\"%s\",\"side\":%d,\"cache_mb\":%d,\"heap_mb\":%d,"
                + "\"decoding_per_s\":%.1f,\"steps_per_s\":%.1f,\"training_per_s\":%.1f,"
                + "\"bound_per_s\":%.1f,\"lost\":%.3f,\"peak_rss_mb\":%d}%n",
            files,
            net,
            side,
            cache >> 20,
            Runtime.getRuntime().maxMemory() >> 20,
            decoding,
            steps,
            both,
            bound,
            1 - both / bound,
            peak());
      }
    }
  }

  private static double rate(Trainer trainer, Dataset data) {
    long begin = System.nanoTime();
    trainer.fit(data, 1);
    return data.size() / seconds(begin);
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void tell(int done, int all) {
    if (done % 1000 == 0) {
      System.err.printf("decoded %d of %d%n", done, all);
    }
  }

  /** Samples over and over, in arrays. */
  private static Dataset copy(Dataset some, int count) {
    int each = (int) some.shape().elements();
    byte[] values = new byte[Math.multiplyExact(count, each)];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(some.image(i % some.size()), 0, values, i * each, each);
      labels[i] = some.label(i % some.size());
    }
    return Dataset.of("memory", some.shape(), some.classes(), values, labels);
  }

  /** Of the process, as Linux tells it. */
  private static long peak() throws IOException {
    Path status = Path.of("/proc/self/status");
    return !Files.exists(status)
        ? -1
        : Files.readAllLines(status).stream()
            .filter(l -> l.startsWith("VmHWM"))
            .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024)
            .findFirst()
            .orElse(-1);
  }

  /** Shapes and noise, about as dear to decode as photos. */
  private static void draw(Path dir, int files) throws IOException {
    for (int c = 0; c < CLASSES; c++) {
      Files.createDirectories(dir.resolve("class" + c));
    }
    IntStream.range(0, files).parallel().forEach(i -> draw(dir, i, new Random(i)));
  }

  private static void draw(Path dir, int number, Random random) {
    Path file = dir.resolve("class" + number % CLASSES).resolve(number + ".jpg");
    if (Files.exists(file)) {
      return;
    }
    BufferedImage image = new BufferedImage(256, 256, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    for (int i = 0; i < 60; i++) {
      g.setColor(new Color(random.nextInt(1 << 24)));
      int side = 10 + random.nextInt(90);
      g.fillOval(random.nextInt(256) - 20, random.nextInt(256) - 20, side, side);
    }
    g.dispose();
    for (int p = 0; p < 256 * 256; p++) {
      int noise = random.nextInt(12) * 0x010101;
      image.setRGB(p % 256, p / 256, (image.getRGB(p % 256, p / 256) & 0xf0f0f0) + noise);
    }
    try {
      ImageIO.write(image, "jpg", file.toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
