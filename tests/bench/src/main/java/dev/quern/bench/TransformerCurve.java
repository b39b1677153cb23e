package dev.quern.bench;

import dev.quern.io.ModelFile;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Adam;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The losses of vit-tiny's first training steps, for comparison with PyTorch's by {@code
 * transformer_curve.py}.
 *
 * <p>{@code TransformerCurve FOLDER}: reads images.bin and labels.bin, which the script makes, and
 * writes the initial weights and the loss of each step.
 */
final class TransformerCurve {
  private static final int BATCH = 32;
  private static final float RATE = 5e-4f;

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Network network = Networks.byName("vit-tiny");
    ModelData initial = ModelData.untrained(network, 1);
    ModelFile.save(folder.resolve("initial.safetensors"), initial);
    FloatBuffer images = read(folder.resolve("images.bin")).asFloatBuffer();
    IntBuffer labels = read(folder.resolve("labels.bin")).asIntBuffer();
    StringBuilder losses = new StringBuilder();
    Shape shape = network.input().batch(BATCH);
    float[] pixels = new float[Math.toIntExact(shape.elements())];
    int[] classes = new int[BATCH];
    try (Trainer trainer =
            Trainer.builder(network)
                .batch(BATCH)
                .weights(initial.weights())
                .optimizer(new Adam(RATE))
                .build();
        Arena arena = new Arena()) {
      Tensor batch = arena.tensor(shape);
      while (labels.remaining() >= BATCH) {
        images.get(pixels);
        labels.get(classes);
        losses.append(trainer.step(batch.copyFrom(pixels), classes)).append('\n');
      }
    }
    Files.writeString(folder.resolve("losses.txt"), losses);
  }

  private static ByteBuffer read(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
