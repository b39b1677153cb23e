package dev.quern.bench.serve;

import dev.quern.network.Network;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** What is sent: files that wrk takes in turn. */
final class Bodies {
  static final int COUNT = 64;
  private static final int SIDE = 32;

  private Bodies() {}

  /** PNG files: waves of color in noise, about as large as those of photographs. */
  static Path pictures(Path folder) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(1);
    for (int i = 0; i < COUNT; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int wave = (int) (100 + 80 * Math.sin((x + i) / 5.0) * Math.cos(y / 7.0));
          int rgb = 0;
          for (int c = 0; c < 3; c++) {
            rgb = rgb << 8 | wave + random.nextInt(24);
          }
          image.setRGB(x, y, rgb);
        }
      }
      ImageIO.write(image, "png", folder.resolve("" + i).toFile());
    }
    return folder;
  }

  /**
   * Requests of the protocol with its binary extension.
   *
   * @return the length of the JSON at the beginning of each
   */
  static int tensors(Path folder, Network network, int samples) throws IOException {
    Files.createDirectories(folder);
    int values = samples * (int) network.input().elements();
    String json =
        "{\"inputs\":[{\"name\":\"%s\",\"datatype\":\"FP32\",\"shape\":%s,\"parameters\":{\"binary_data_size\":%d}}],\"parameters\":{\"binary_data_output\":true}}"
            .formatted(
                network.inputs().keySet().iterator().next(),
                java.util.Arrays.toString(network.input().batch(samples).toArray()),
                4 * values);
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(2);
    for (int i = 0; i < COUNT; i++) {
      ByteBuffer tail = ByteBuffer.allocate(4 * values).order(ByteOrder.LITTLE_ENDIAN);
      while (tail.hasRemaining()) {
        tail.putFloat((float) random.nextGaussian());
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write(head);
      body.write(tail.array());
      Files.write(folder.resolve("" + i), body.toByteArray());
    }
    return head.length;
  }
}
