package dev.quern.plan.build;

import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that backward passes read. With products in bf16, a value is kept from the forward to
 * the backward pass as a copy in bf16, which takes half the memory. Operations that can read the
 * copy ask for it by {@link #copy}; for all others, the float values are restored from the copy.
 *
 * <p>Values that are discarded and recomputed have copies, too, so that results are bit-identical.
 * The network's inputs have none, because a plan may read them in the caller's memory.
 */
public final class SavedValues {
  private final Builder b;
  private final boolean copies;

  private final List<Copy> all = new ArrayList<>();

  /** The copy of what the memory of float values contains now. */
  private final Map<Slot, Copy> current = new IdentityHashMap<>();

  private final Map<Slot, Writing> writers = new IdentityHashMap<>();

  /** The operations that follow those of the current chain. */
  private final List<SavedCopyOp> following = new ArrayList<>();

  /** An operation that can write a copy of its output. */
  public interface Writer {
    void alsoWrite(Slot copy);

    /** Returns whether the operation can write the copy without the float values. */
    boolean canWriteAlone();

    /** Makes the operation write the copy without the float values. */
    void writeAlone();

    /** Makes the operation read its output's gradient in bf16. Returns false if it cannot. */
    boolean readBf16Gradient();
  }

  /** An operation that can write a copy of its output, and the time of its forward pass. */
  private record Writing(Writer op, Value output, int at) {}

  /** An operation that restores float values, and the time of the backward pass after it. */
  private record Restoring(SavedCopyOp op, int at) {}

  /** The copy of a value. */
  private static final class Copy {
    private final Slot data;
    private final Slot slot;

    /** What computes the value and can write the copy; null if it cannot. */
    private final Writing writer;

    /** The operation that writes the copy if no other does, and its time. */
    private final SavedCopyOp rounds;

    private final int roundedAt;
    private boolean written;
    private boolean read;

    /** Whether nothing reads the float values, also in the forward pass. */
    private boolean alone;

    /** Whether a backward pass needs the exact values, which are then kept, too. */
    private boolean exact;

    /** What restores the float values, once in each segment whose backward passes read them. */
    private final Map<Integer, Restoring> restores = new LinkedHashMap<>();

    private Copy(Value v, Slot slot, Writing writer, SavedCopyOp rounds, int roundedAt) {
      this.data = v.data;
      this.slot = slot;
      this.writer = writer;
      this.rounds = rounds;
      this.roundedAt = roundedAt;
    }

    private void settle() {
      if (!exact) {
        data.restored |= !restores.isEmpty();
        restores.values().forEach(r -> r.op.restore());
        restores.values().forEach(r -> slot.at(r.at));
      }
      if (!read && (exact || restores.isEmpty())) {
        return;
      }
      if (alone) {
        writer.op.writeAlone();
      }
      if (!written && writer != null) {
        writer.op.alsoWrite(slot.at(writer.at));
      } else if (!written) {
        slot.at(roundedAt);
        rounds.write();
      }
    }
  }

  SavedValues(Builder b) {
    this.b = b;
    this.copies = b.training && b.products == Conv2dPrecision.BF16;
  }

  /** Records that the current node's backward pass reads a value. */
  void keep(Value v) {
    if (b.backward()) {
      v.data.at(b.backwardTime());
      Copy copy = copyOf(v);
      if (copy != null) {
        // the last reader's backward pass comes first
        copy.restores.put(b.segment(), new Restoring(follow(v, copy.slot), b.backwardTime()));
      }
    }
  }

  /** Records that the current node's backward pass reads a value, which must not be rounded. */
  public void keepExact(Value v) {
    if (b.backward()) {
      v.data.at(b.backwardTime());
      Copy copy = copyOf(v);
      if (copy != null) {
        copy.exact = true;
      }
    }
  }

  /**
   * Returns the memory of a value's copy, which the current node's backward pass reads. Returns
   * null if the value has no copy; the backward pass then reads the float values.
   *
   * @param writes whether the current node's forward pass writes the copy
   */
  public @Nullable Slot copy(Value v, boolean writes) {
    Copy copy = b.backward() ? copyOf(v) : null;
    if (copy == null) {
      keep(v);
      return null;
    }
    copy.read = true;
    copy.written |= writes && copy.roundedAt == b.forwardTime();
    return (writes ? copy.slot.at(b.forwardTime()) : copy.slot).at(b.backwardTime());
  }

  /**
   * Returns the memory of a value's copy if it can replace the float values, because the current
   * node is the only one that reads them; the forward and the backward pass then read the copy.
   * Returns null otherwise.
   *
   * @param name the name of the value's node
   */
  public @Nullable Slot copyAlone(Value v, String name) {
    Copy copy = b.backward() ? copyOf(v) : null;
    if (copy == null
        || copy.writer == null
        || !copy.writer.op.canWriteAlone()
        || !b.consumers.isOnly(name)) {
      return null;
    }
    copy.read = true;
    copy.alone = true;
    return copy.slot.at(b.forwardTime()).at(b.backwardTime());
  }

  /** Returns the operation that computes a value and can write its copy; null if none can. */
  public @Nullable Writer writerOf(Value v) {
    Writing writing = writers.get(v.data);
    return writing == null ? null : writing.op;
  }

  /**
   * Returns the memory of a node's output in bf16 if its float values are not written; else null.
   */
  @Nullable Slot alone(Value output) {
    return all.stream()
        .filter(c -> c.alone && c.writer.output == output)
        .map(c -> c.slot)
        .findFirst()
        .orElse(null);
  }

  /** Registers the operation that computes a value and can write its copy. */
  public void writer(Value output, Writer writer) {
    writers.put(output.data, new Writing(writer, output, b.forwardTime()));
  }

  /** Records that a value's memory now contains another value. */
  public void overwritten(Slot data) {
    writers.remove(data);
    current.remove(data);
  }

  /** Adds the operations that convert values that the current node keeps. */
  void endOfNode() {
    b.ops.addAll(following);
    following.clear();
  }

  /** Decides which operations write and restore which values, after all nodes. */
  void settle() {
    all.forEach(Copy::settle);
  }

  private @Nullable Copy copyOf(Value v) {
    if (!copies || v.data.uses.nextSetBit(0) < 1) {
      return null;
    }
    Copy copy = current.get(v.data);
    if (copy == null) {
      Slot slot = b.slab.slot(v.type.bytes(b.batch) / 2);
      copy = new Copy(v, slot, writers.get(v.data), follow(v, slot), b.forwardTime());
      current.put(v.data, copy);
      all.add(copy);
    }
    return copy;
  }

  private SavedCopyOp follow(Value v, Slot copy) {
    SavedCopyOp op = new SavedCopyOp(v, copy, b.batch);
    following.add(op);
    return op;
  }
}
