package dev.quern.onnx.run;

import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The tensors of a network's inputs and outputs for one number of samples. They are kept from run
 * to run, since fresh memory costs more time than many layers: it took a fifth of Mask R-CNN's.
 */
final class SegmentMemory implements AutoCloseable {
  private final long samples;
  private final Arena arena = new Arena();
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();

  private SegmentMemory(Network network, long samples) {
    this.samples = samples;
    try {
      Map<String, Shape> shapes = network.shapes();
      network
          .inputs()
          .forEach((name, shape) -> inputs.put(name, arena.tensor(shape.batch(samples))));
      network.outputs().forEach(o -> outputs.put(o, arena.tensor(shapes.get(o).batch(samples))));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  Map<String, Tensor> inputs() {
    return inputs;
  }

  Map<String, Tensor> outputs() {
    return outputs;
  }

  @Override
  public void close() {
    arena.close();
  }

  /** Keeps the memory of at most one run; concurrent runs have memory of their own. */
  static final class Kept implements AutoCloseable {
    private final AtomicReference<SegmentMemory> idle = new AtomicReference<>();

    /** Returns memory that no other run uses. */
    SegmentMemory take(Network network, long samples) {
      SegmentMemory kept = idle.getAndSet(null);
      if (kept != null && kept.samples == samples) {
        return kept;
      }
      if (kept != null) {
        kept.close();
      }
      return new SegmentMemory(network, samples);
    }

    void giveBack(SegmentMemory memory) {
      if (!idle.compareAndSet(null, memory)) {
        memory.close();
      }
    }

    @Override
    public void close() {
      SegmentMemory kept = idle.getAndSet(null);
      if (kept != null) {
        kept.close();
      }
    }
  }
}
