package dev.quern.fuzz.api;

import dev.quern.data.Dataset;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A data set of the user's own: it keeps its word, or from some answer on does not. */
final class OwnDataset implements Dataset {
  /** What it does wrong. */
  private enum Lie {
    NONE,
    SIZE,
    SHAPE,
    NULL_SHAPE,
    NULL_KIND,
    NULL_CLASSES,
    TARGETS,
    LABEL,
    WEIGHT,
    SHORT,
    LONG,
    NAN
  }

  private final Dataset honest;
  private final Mischief mischiefOrNull;
  private final Lie lie;
  private final int from;
  private final Shape other;
  private final AtomicInteger asked = new AtomicInteger();

  /**
   * @param mischiefOrNull what it does when it is read; null for a set that keeps its word
   */
  OwnDataset(Draw draw, Dataset honest, Mischief mischiefOrNull) {
    this.honest = honest;
    this.mischiefOrNull = mischiefOrNull;
    lie = mischiefOrNull == null || draw.once(2) ? Lie.NONE : draw.of(Lie.values());
    from = draw.below(20);
    other = draw.once(3) ? Shape.of(64, 32, 32) : Nets.input(draw);
  }

  private boolean lies(Lie now) {
    return lie == now && asked.incrementAndGet() > from;
  }

  private void mischief() {
    if (mischiefOrNull != null) {
      mischiefOrNull.maybe(true);
    }
  }

  @Override
  public String name() {
    return "own";
  }

  @Override
  public int size() {
    return honest.size() + (lies(Lie.SIZE) ? 3 : 0);
  }

  @Override
  public Shape shape() {
    return lies(Lie.NULL_SHAPE) ? null : lies(Lie.SHAPE) ? other : honest.shape();
  }

  @Override
  public List<String> classes() {
    return lies(Lie.NULL_CLASSES) ? null : honest.classes();
  }

  @Override
  public Kind kind() {
    return lies(Lie.NULL_KIND) ? null : honest.kind();
  }

  @Override
  public boolean hasTargets() {
    return honest.hasTargets() != lies(Lie.TARGETS);
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    mischief();
    honest.copyBytes(index, to);
    if (lies(Lie.SHORT)) {
      to.position(to.position() - 1);
    } else if (lies(Lie.LONG)) {
      to.put((byte) 1);
    }
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    mischief();
    honest.copyFloats(index, to);
    if (lies(Lie.SHORT)) {
      to.position(to.position() - 1);
    } else if (lies(Lie.NAN)) {
      to.put(to.position() - 1, Float.NaN);
    }
  }

  @Override
  public int label(int index) {
    mischief();
    return lies(Lie.LABEL) ? honest.classes().size() : honest.label(index);
  }

  @Override
  public boolean hasWeights() {
    return lie == Lie.WEIGHT;
  }

  @Override
  public float weight(int index) {
    mischief();
    return lies(Lie.WEIGHT) ? Float.NaN : index % 2;
  }

  @Override
  public Shape targetShape() {
    return honest.targetShape();
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    mischief();
    honest.copyTarget(index, to);
    if (lies(Lie.NAN)) {
      to.put(to.position() - 1, Float.NaN);
    }
  }

  @Override
  public String toString() {
    return "OwnDataset[" + lie + " from answer " + from + ", of " + honest + "]";
  }
}
