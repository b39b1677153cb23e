package dev.quern.plan;

import dev.quern.Network;
import dev.quern.Shape;
import dev.quern.internal.Block;
import dev.quern.internal.Descriptors;
import dev.quern.layer.Add;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Concat;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Relu;
import dev.quern.layer.Softmax;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.bytedeco.javacpp.Pointer;

/**
 * Turns a network into operations and says at which moments each piece of memory is in use. Time 0
 * loads the batch, node i of n runs forward at i + 1, the loss follows at n + 2, and node i runs
 * backward at 2 n + 3 - i.
 */
final class Builder {
  final Slab slab = new Slab();
  final List<Op> ops = new ArrayList<>();

  /** Memory of the operations' descriptors. */
  final List<Block> blocks = new ArrayList<>();

  final Value input;
  final Value output;

  private final Weights weights;
  private final int batch;
  private final boolean training;
  private final int nodes;
  private final Consumers consumers;
  private final Map<String, Long> pixels;
  private Network.Node node;
  private int index;

  Builder(Network network, Weights weights, int batch, boolean training) {
    this.weights = weights;
    this.batch = batch;
    this.training = training;
    this.nodes = network.nodes().size();
    Map<String, Shape> shapes = network.shapes();
    this.consumers = new Consumers(network);
    this.pixels = Pixels.of(network);
    Map<String, Value> values = new HashMap<>();
    input =
        new Value(
            network.input(), pixels.get(Network.INPUT), slot(network.input()).at(0), null, true);
    values.put(Network.INPUT, input);
    Value last = input;
    for (Network.Node node : network.nodes()) {
      this.node = node;
      List<Value> in = new ArrayList<>();
      Set<String> met = new HashSet<>();
      for (String from : node.inputs()) {
        boolean first = met.add(consumers.root(from));
        in.add(gradientApart(from, values.get(from), first));
      }
      last = lower(in, shapes.get(node.name()));
      values.put(node.name(), last);
      index++;
    }
    output = last.permuted() ? unpermute(last) : last;
    output.data.at(lossTime());
    if (output.diff != null) {
      output.diff.at(lossTime());
    }
  }

  /**
   * A value as this node sees it. Where several nodes read a value, their gradients meet: the last
   * reader's backward pass runs first and writes the gradient, the others write one of their own,
   * which is then added.
   *
   * @param first whether the node reads the value for the first time; it may be several of its
   *     inputs
   */
  private Value gradientApart(String name, Value value, boolean first) {
    if (value.diff == null
        || node.layer() instanceof Flatten
        || (first && consumers.isLast(name, node.name()))) {
      return value;
    }
    Slot apart = slot(value.shape).at(backwardTime());
    value.diff.at(backwardTime());
    ops.add(new AccumulateOp(batch, value.shape.elements(), apart, value.diff));
    return new Value(value.shape, value.pixels, value.data, apart, true);
  }

  int lossTime() {
    return nodes + 2;
  }

  int endTime() {
    return 2 * nodes + 4;
  }

  private int forwardTime() {
    return index + 1;
  }

  private int backwardTime() {
    return 2 * nodes + 3 - index;
  }

  private Slot slot(Shape sample) {
    return slab.slot(Math.multiplyExact(sample.batch(batch).elements(), 4L));
  }

  Pointer descriptor() {
    Block b = new Block(Descriptors.BYTES, "descriptor");
    blocks.add(b);
    return b.pointer(0);
  }

  private Value lower(List<Value> inputs, Shape out) {
    Layer layer = node.layer();
    Value in = inputs.get(0);
    if (layer instanceof Flatten) {
      return in.reshaped(out);
    } else if (layer instanceof Conv2d conv) {
      return conv(conv, in, out);
    } else if (layer instanceof Linear linear) {
      return linear(linear, in, out);
    } else if (layer instanceof MaxPool2d pool) {
      return maxPool(pool, in, out);
    } else if (layer instanceof AvgPool2d pool) {
      Value to = value(in, out, false);
      touchDiffs(in, to);
      ops.add(new AvgPool2dOp(Descriptors.avgPool2d(descriptor(), pool, batch, in.shape), in, to));
      return to;
    } else if (layer instanceof Relu) {
      return relu(in, out);
    } else if (layer instanceof Softmax) {
      Value to = value(in, out, true);
      touchDiffs(in, to);
      keepForBackward(to);
      ops.add(new SoftmaxOp(batch, in, to));
      return to;
    } else if (layer instanceof BatchNorm2d norm) {
      return batchNorm(norm, in, out);
    } else if (layer instanceof Add) {
      List<Value> alike = inOneOrder(inputs);
      return merge(alike, out, to -> new AddOp(batch, alike, to));
    } else if (layer instanceof Concat) {
      return merge(inputs, out, to -> new ConcatOp(batch, inputs, to));
    }
    throw new IllegalStateException("layer " + layer.type() + " has no operation");
  }

  /** Where the inputs lie in different orders, they are added in the callers'. */
  private List<Value> inOneOrder(List<Value> inputs) {
    boolean mixed = inputs.stream().mapToLong(v -> v.pixels).distinct().count() > 1;
    return mixed ? inputs.stream().map(v -> v.permuted() ? unpermute(v) : v).toList() : inputs;
  }

  /** The memory order of this node's output. */
  private long outPixels() {
    return pixels.get(node.name());
  }

  private Value merge(List<Value> inputs, Shape out, Function<Value, Op> op) {
    inputs.forEach(in -> in.data.at(forwardTime()));
    boolean gradient = inputs.stream().anyMatch(in -> in.diff != null);
    Value to =
        new Value(
            out, outPixels(), slot(out).at(forwardTime()), gradient ? slot(out) : null, false);
    inputs.forEach(in -> touchDiffs(in, to));
    ops.add(op.apply(to));
    return to;
  }

  private Value batchNorm(BatchNorm2d norm, Value in, Shape out) {
    Value to = trainable(in, out);
    touchDiffs(in, to);
    keepForBackward(in);
    BatchNorm2dOp op =
        new BatchNorm2dOp(
            Descriptors.batchNorm2d(descriptor(), norm, batch, in.shape, training),
            in,
            to,
            weightsOfNode());
    Slot saved = slab.slot(8 * in.channels()).at(forwardTime());
    if (training) {
      saved.at(backwardTime());
    }
    long bytes = op.workspaceBytes();
    ops.add(op.slots(saved, slab.slot(bytes).at(forwardTime()), backwardSlot(bytes)));
    return to;
  }

  /** A value of its own, made now from {@code in}. */
  private Value value(Value in, Shape shape, boolean pinned) {
    return value(in, shape, outPixels(), pinned);
  }

  private Value value(Value in, Shape shape, long order, boolean pinned) {
    in.data.at(forwardTime());
    return new Value(
        shape, order, slot(shape).at(forwardTime()), in.diff == null ? null : slot(shape), pinned);
  }

  /** A value that depends on weights, so that it has a gradient in training. */
  private Value trainable(Value in, Shape shape) {
    in.data.at(forwardTime());
    return new Value(
        shape, outPixels(), slot(shape).at(forwardTime()), training ? slot(shape) : null, false);
  }

  private void touchDiffs(Value in, Value out) {
    if (out.diff != null) {
      out.diff.at(backwardTime());
      if (in.diff != null) {
        in.diff.at(backwardTime());
      }
    }
  }

  private void keepForBackward(Value v) {
    if (training) {
      v.data.at(backwardTime());
    }
  }

  private Value conv(Conv2d conv, Value in, Shape out) {
    Value to = trainable(in, out);
    touchDiffs(in, to);
    keepForBackward(in);
    Conv2dOp op =
        new Conv2dOp(
            Descriptors.conv2d(descriptor(), conv, batch, in.shape), in, to, weightsOfNode());
    long bytes = op.workspaceBytes();
    ops.add(op.workspaces(slab.slot(bytes).at(forwardTime()), backwardSlot(bytes)));
    return to;
  }

  private Value linear(Linear linear, Value in, Shape out) {
    Value to = trainable(in, out);
    touchDiffs(in, to);
    keepForBackward(in);
    LinearOp op =
        new LinearOp(
            Descriptors.linear(
                descriptor(), batch, in.shape.elements(), linear.outFeatures(), in.pixels),
            in,
            to,
            weightsOfNode());
    ops.add(op.workspace(backwardSlot(op.workspaceBytes())));
    return to;
  }

  /** Null where the plan is only laid out. */
  private Weights.Layer weightsOfNode() {
    return weights == null ? null : weights.layer(node.name());
  }

  private Slot backwardSlot(long bytes) {
    return training ? slab.slot(bytes).at(backwardTime()) : null;
  }

  private Value maxPool(MaxPool2d pool, Value in, Shape out) {
    Value to = value(in, out, false);
    touchDiffs(in, to);
    Slot indices = to.diff == null ? null : slot(out).at(forwardTime()).at(backwardTime());
    ops.add(
        new MaxPool2dOp(
            Descriptors.maxPool2d(descriptor(), pool, batch, in.shape), in, to, indices));
    return to;
  }

  /** In place unless somebody still needs what would be overwritten. */
  private Value relu(Value in, Shape out) {
    Value to =
        in.pinned || !consumers.isOnly(node.inputs().get(0))
            ? value(in, out, true)
            : new Value(out, outPixels(), in.data, in.diff, true);
    to.data.at(forwardTime());
    touchDiffs(in, to);
    if (to.diff != null) {
      keepForBackward(to);
    }
    ops.add(new ReluOp(batch, in, to));
    return to;
  }

  /** Callers' order for an output that is still in ours. */
  private Value unpermute(Value in) {
    Value to = value(in, in.shape, 1, false);
    touchDiffs(in, to);
    ops.add(new LayoutOp(batch, in, to));
    return to;
  }
}
