package dev.quern.fuzz.api;

import dev.quern.data.Dataset;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A data set whose every answer may be another one than before, and whose arrays are too short, too
 * long or null. It throws nothing of its own.
 */
record FickleDataset(Draw draw, Dataset honest) implements Dataset {
  private boolean lies() {
    return draw.once(4);
  }

  private int length(int wanted) {
    return lies() ? Math.max(0, draw.of(0, 1, wanted - 1, wanted + 1)) : wanted;
  }

  @Override
  public String name() {
    return "fickle";
  }

  @Override
  public int size() {
    return lies() ? draw.of(-1, 0, 1, honest.size() + 2) : honest.size();
  }

  @Override
  public Shape shape() {
    return lies() ? draw.of(Shape.of(0), Shape.of(2), Shape.of(3, 9, 9)) : honest.shape();
  }

  @Override
  public List<String> classes() {
    return lies() ? List.of("a") : honest.classes();
  }

  @Override
  public Kind kind() {
    return lies() ? draw.of(Kind.values()) : honest.kind();
  }

  @Override
  public int readers() {
    return lies() ? draw.of(-1, 0, 3) : 1;
  }

  @Override
  public boolean hasTargets() {
    return honest.hasTargets() != lies();
  }

  @Override
  public Shape targetShape() {
    return lies() || !honest.hasTargets() ? Shape.of(draw.below(4)) : honest.targetShape();
  }

  @Override
  public int label(int index) {
    return draw.of(0, 0, 0, -1, 1, Integer.MAX_VALUE);
  }

  @Override
  public float weight(int index) {
    return draw.of(0f, 1f, -1f, Float.NaN);
  }

  @Override
  public boolean hasWeights() {
    return lies();
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    to.position(Math.min(to.limit(), length(to.limit())));
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    to.position(Math.min(to.limit(), length(to.limit())));
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    to.position(Math.min(to.limit(), length(to.limit())));
  }

  @Override
  public byte[] image(int index) {
    return lies() ? null : new byte[length((int) honest.shape().elements())];
  }

  @Override
  public float[] floats(int index) {
    return lies() ? null : new float[length((int) honest.shape().elements())];
  }

  @Override
  public float[] target(int index) {
    return lies() ? null : new float[length(2)];
  }

  @Override
  public Dataset subset(int[] indices) {
    Arrays.fill(indices, -1); // it was given the array, and may write to it
    return this;
  }

  @Override
  public String toString() {
    return "FickleDataset of " + honest;
  }
}
