package dev.quern.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Quern wrote of a workload of inference for all libraries, so that they run the same weights:
 *
 * <ul>
 *   <li>{@code model.safetensors} and {@code model.onnx}: the network, quantized for int8. Those of
 *       an ONNX file in floats are missing, since it is read itself
 *   <li>{@code network.txt} and {@code weights.f32}: in floats, for programs that read no ONNX
 *   <li>{@code images.f32} and {@code output.f32}: the batch, and what Quern makes of it in floats
 * </ul>
 */
public record ModelFolder(Path path) {
  /** The largest difference from Quern's output of floats, relative to its largest value. */
  private static final double FLOAT_LIMIT = 1e-3;

  private static final double ROUNDED_LIMIT = 0.2;

  /** The model that Quern runs. */
  public Path model(Workload workload) {
    return isItself(workload) ? workload.file() : path.resolve("model.safetensors");
  }

  /** The model that those run who read ONNX. */
  public Path onnx(Workload workload) {
    return isItself(workload) ? workload.file() : path.resolve("model.onnx");
  }

  /** Whether the workload is an ONNX file just as it is. */
  public static boolean isItself(Workload workload) {
    return workload.isFile() && !workload.int8();
  }

  /** Little-endian, as the C++ programs read it. */
  public void write(String name, float[]... values) throws IOException {
    int count = 0;
    for (float[] v : values) {
      count = Math.addExact(count, v.length);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] v : values) {
      bytes.asFloatBuffer().put(v);
      bytes.position(bytes.position() + v.length * Float.BYTES);
    }
    Files.write(path.resolve(name), bytes.array());
  }

  public float[] read(String name) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path.resolve(name)));
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /**
   * Compares a library's output with that of Quern in floats.
   *
   * @throws IllegalStateException if it is further away than rounding explains
   */
  public void check(Workload workload, float[] output) throws IOException {
    float[] expected = read("output.f32");
    if (output.length != expected.length) {
      throw new IllegalStateException(
          "the output has " + output.length + " values instead of " + expected.length);
    }
    double size = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      size = Math.max(size, Math.abs(expected[i]));
      double d = Math.abs((double) output[i] - expected[i]);
      difference = Double.isFinite(d) ? Math.max(difference, d) : Double.POSITIVE_INFINITY;
    }
    double relative = difference / size;
    System.out.println("difference from Quern's floats: " + relative);
    if (!(relative <= (workload.isRounded() ? ROUNDED_LIMIT : FLOAT_LIMIT))) {
      throw new IllegalStateException(
          "the output differs from Quern's of floats by " + relative + " relative");
    }
  }
}
