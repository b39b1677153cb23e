package dev.quern.plan;

import dev.quern.engine.Precision;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.network.Network;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Op;
import dev.quern.plan.build.Weights;
import dev.quern.plan.memory.Frozen;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Computes the gradients of a network's outputs with respect to its inputs, one sample at a time.
 * Weights and running statistics are not changed. Not thread-safe.
 */
public final class InputGradients implements AutoCloseable {
  private final Network network;
  private final List<OffHeap> descriptors = new ArrayList<>();
  private final Weights weights;
  private Builder builder;
  private Op[] ops;
  private OffHeap slab;

  /**
   * Allocates memory for forward and backward passes.
   *
   * @param values the values of all weights and buffers, by dotted name
   * @throws dev.quern.error.MemoryLimitException if there is not enough memory
   */
  public InputGradients(Network network, Map<String, float[]> values, Precision precision) {
    network.requireSizes("gradients of inputs");
    this.network = network;
    weights = Weights.training(network, Frozen.toInputs(network), precision);
    try {
      values.forEach(weights::set);
      weights.pack();
      builder =
          new Builder(network, weights, Conv2dPrecision.DEFAULT, 1, true, 1, Set.of(), descriptors);
      builder.slab.place(builder.timeline);
      slab = new OffHeap(builder.slab.bytes(), "gradients of inputs");
      builder.ops.forEach(op -> op.bind(slab));
      ops = builder.ops.toArray(new Op[0]);
      for (Op op : ops) {
        op.batch(1);
        op.random(0, 0);
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  public Network network() {
    return network;
  }

  /**
   * Runs the forward pass of one sample.
   *
   * @param sample the values of each input, in C, H, W order
   * @return the values of each output
   */
  public Map<String, float[]> forward(Map<String, float[]> sample) {
    builder.inputs.forEach(
        (name, v) -> {
          float[] ours = ordered(v, sample.get(name), true);
          floats(v.data).put(ours, 0, ours.length);
        });
    for (Op op : ops) {
      op.forward();
    }
    Map<String, float[]> all = new LinkedHashMap<>();
    builder.outputs.forEach((name, v) -> all.put(name, copied(v, v.data)));
    return all;
  }

  /**
   * Runs the backward pass for the sample of the last {@link #forward} call.
   *
   * @param output the output at which the backward pass starts; gradients of other outputs are zero
   * @param gradient the gradient with respect to {@code output}, in C, H, W order
   * @return the gradient with respect to each input, in C, H, W order
   */
  public Map<String, float[]> backward(String output, float[] gradient) {
    builder.outputs.forEach(
        (name, v) -> {
          if (v.diff != null) {
            float[] given = name.equals(output) ? gradient : new float[gradientLength(v)];
            float[] ours = ordered(v, given, true);
            floats(v.diff).put(ours, 0, ours.length);
          }
        });
    for (int i = ops.length - 1; i >= 0; i--) {
      ops[i].backward();
    }
    Map<String, float[]> all = new LinkedHashMap<>();
    builder.inputs.forEach((name, v) -> all.put(name, copied(v, v.diff)));
    return all;
  }

  private static int gradientLength(Value v) {
    return Math.toIntExact(v.shape().elements());
  }

  private FloatPointer floats(Slot slot) {
    return slab.floats(slot.offset);
  }

  private float[] copied(Value v, Slot slot) {
    float[] ours = new float[gradientLength(v)];
    floats(slot).get(ours, 0, ours.length);
    return ordered(v, ours, false);
  }

  /** Converts one sample between C, H, W order and the internal channels-last order. */
  private static float[] ordered(Value v, float[] values, boolean toOurs) {
    if (!v.permuted()) {
      return values;
    }
    int pixels = Math.toIntExact(v.pixels());
    int channels = values.length / pixels;
    float[] moved = new float[values.length];
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < pixels; p++) {
        int theirs = c * pixels + p;
        int ours = p * channels + c;
        moved[toOurs ? ours : theirs] = values[toOurs ? theirs : ours];
      }
    }
    return moved;
  }

  @Override
  public void close() {
    descriptors.forEach(OffHeap::close);
    if (slab != null) {
      slab.close();
    }
    weights.close();
  }
}
