package dev.quern.kernel;

import dev.quern.internal.NativeLibrary;
import dev.quern.internal.OffHeap;
import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The context of one eager operator call: prevents its tensors' arenas from closing, owns temporary
 * memory, and converts between NCHW and the kernels' NHWC.
 */
public final class Scratch implements AutoCloseable {
  private final List<Usage> entered = new ArrayList<>();
  private final List<OffHeap> blocks = new ArrayList<>();

  /**
   * Opens the context for the tensors of a call. Null tensors, such as an absent bias, are ignored.
   */
  public Scratch(Tensor... tensors) {
    NativeLibrary.require();
    for (Tensor t : tensors) {
      if (t != null) {
        enter(t.arena());
      }
    }
  }

  private void enter(Arena arena) {
    Usage usage = TensorAccess.get().usage(arena);
    try {
      usage.enter();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    entered.add(usage);
  }

  public OffHeap block(long bytes) {
    OffHeap b = new OffHeap(bytes, "temporary memory of an operator");
    blocks.add(b);
    return b;
  }

  public FloatPointer floats(long count) {
    return block(Math.multiplyExact(count, (long) Float.BYTES)).floats(0);
  }

  /** Allocates temporary memory aligned to 64 bytes. */
  public Pointer bytes(long count) {
    return block(count).pointer(0);
  }

  public IntPointer ints(long count) {
    return block(Math.multiplyExact(count, (long) Integer.BYTES)).ints(0);
  }

  public IntPointer ints(int[] values) {
    IntPointer p = ints(values.length);
    p.put(values, 0, values.length);
    return p;
  }

  /** Allocates temporary memory for a kernel's descriptor. */
  public Pointer descriptor() {
    return block(DescriptorMemory.BYTES).pointer(0);
  }

  /** Returns the memory of a tensor; null if the tensor is null. */
  public FloatPointer raw(Tensor tensor) {
    return tensor == null ? null : TensorAccess.get().pointer(tensor);
  }

  /** Returns a temporary channels-last copy of a tensor {@code [N, C, H, W]}. */
  public FloatPointer nhwc(Tensor t) {
    Shape s = t.shape();
    FloatPointer copy = floats(s.elements());
    LayoutKernel.toNhwc(s, raw(t), copy);
    return copy;
  }

  /** Copies channels-last memory to a new tensor {@code [N, C, H, W]} in {@code arena}. */
  public Tensor nchw(Arena arena, Shape s, FloatPointer nhwc) {
    Tensor t = arena.tensor(s);
    LayoutKernel.toNchw(s, nhwc, raw(t));
    return t;
  }

  @Override
  public void close() {
    blocks.forEach(OffHeap::close);
    entered.forEach(Usage::exit);
  }
}
