package dev.quern.plan;

import dev.quern.data.Normalization;
import dev.quern.feed.ImageBatch;
import dev.quern.feed.NetworkData;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.LayoutKernel;
import dev.quern.plan.build.Builder;
import dev.quern.plan.load.Loaders;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;

/** The inputs of a plan, by name, with the memory that contains their loaded samples. */
final class PlanInputs {
  private final Builder builder;
  private final Loaders loaders;
  private final Map<String, FloatPointer> memory = new LinkedHashMap<>();

  /** The name of the first input. */
  private String first;

  /**
   * The memory of each input: the plan's memory, or the caller's for an input that is read in
   * place.
   */
  private final Map<String, FloatPointer> loaded = new HashMap<>();

  PlanInputs(Builder builder, Loaders loaders) {
    this.builder = builder;
    this.loaders = loaders;
  }

  void bind(OffHeap slab) {
    loaders.bind(slab);
    builder.inputs.forEach((name, v) -> memory.put(name, slab.floats(v.data.offset)));
    first = memory.keySet().iterator().next();
  }

  /** Returns the name of the first input. */
  String first() {
    return first;
  }

  /** Returns the memory that contains the loaded samples of each input. */
  Map<String, FloatPointer> loaded() {
    return loaded;
  }

  /** Loads samples of data sets together with their labels or targets. */
  void load(ImageBatch samples, Map<String, Normalization> normalizations) {
    loaders.load(samples, normalizations);
    memory.forEach(this::readFrom);
  }

  /** Loads {@code count} samples of one input in C, H, W order. */
  void load(String name, Shape shape, FloatPointer nchw, int count) {
    Value in = builder.inputs.get(name);
    if (!shape.isBatchOf(in.shape())) { // compares without creating a new shape
      NetworkData.requireInput(shape.sample(), in.shape());
    }
    if (builder.inputPlanes) {
      readFrom(name, nchw);
      return;
    }
    LayoutKernel.toNhwc(count, in.channels(), in.pixels(), nchw, memory.get(name));
    readFrom(name, memory.get(name));
  }

  private void readFrom(String name, FloatPointer from) {
    loaded.put(name, from);
    if (builder.planesReader != null) {
      builder.planesReader.readFrom(from);
    }
  }
}
