package dev.quern.data;

import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** A data set that delegates to another data set. */
interface DatasetView extends Dataset {
  /** Returns the underlying data set. */
  Dataset samples();

  @Override
  default String name() {
    return samples().name();
  }

  @Override
  default int size() {
    return samples().size();
  }

  @Override
  default Shape shape() {
    return samples().shape();
  }

  @Override
  default List<String> classes() {
    return samples().classes();
  }

  @Override
  default Kind kind() {
    return samples().kind();
  }

  @Override
  default int readers() {
    return samples().readers();
  }

  @Override
  default void copyBytes(int index, ByteBuffer to) {
    samples().copyBytes(index, to);
  }

  @Override
  default void copyFloats(int index, FloatBuffer to) {
    samples().copyFloats(index, to);
  }

  @Override
  default boolean hasTargets() {
    return samples().hasTargets();
  }

  @Override
  default int label(int index) {
    return samples().label(index);
  }

  @Override
  default Shape targetShape() {
    return samples().targetShape();
  }

  @Override
  default void copyTarget(int index, FloatBuffer to) {
    samples().copyTarget(index, to);
  }

  @Override
  default void copyTarget(int index, BoxMove boxes, FloatBuffer to) {
    samples().copyTarget(index, boxes, to);
  }

  @Override
  default boolean hasWeights() {
    return samples().hasWeights();
  }

  @Override
  default float weight(int index) {
    return samples().weight(index);
  }
}
