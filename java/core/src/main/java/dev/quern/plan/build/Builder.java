package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.Frozen;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;

/** Converts a network to operations, and records when each part of the plan's memory is used. */
public final class Builder {
  public final Slab slab = new Slab();
  public final Reorder reorder = new Reorder(this);
  private Slot workspace;
  public final List<Op> ops = new ArrayList<>();

  private final List<OffHeap> blocks;

  /** The chains in execution order, with their outputs and operations. */
  public final List<Made> made = new ArrayList<>();

  /**
   * Convolutions by the name of their chain's output; in inference, chains with an addition are
   * left out.
   */
  public final Map<String, Op> convolutions = new HashMap<>();

  /** The network's inputs by name, in the network's order. */
  public final Map<String, Value> inputs = new LinkedHashMap<>();

  public final Map<String, Value> outputs = new LinkedHashMap<>();

  /** Whether the only input is in C, H, W order, because its only reader supports this order. */
  public final boolean inputPlanes;

  /** The operation that reads the input in C, H, W order; null without {@link #inputPlanes}. */
  public PlanesReader planesReader;

  public final Weights weights;

  /** The precision of convolutions and linear layers. */
  public final Conv2dPrecision products;

  public final int batch;
  public final boolean training;
  public final Frozen frozen;
  public final Timeline timeline;
  public final SavedValues saved;
  private final Network network;
  public final Consumers consumers;
  private final Map<String, Long> pixels;
  private final Map<String, ElementType> bytes;
  private final Bf16Values halves;
  private Chain chain;
  private int index;

  /**
   * A chain that has been added to the plan.
   *
   * @param chain the chain
   * @param ops the number of operations of this chain and all preceding chains
   * @param value the chain's output
   */
  public record Made(Chain chain, int ops, Value value) {}

  /**
   * Creates the operations and memory slots of a plan.
   *
   * @param weights the weights; null for a plan that only computes its memory size
   * @param products the precision of a plan without weights
   * @param segments approximate number of segments for recomputation of activations; 1 for no
   *     recomputation
   * @param rowOutputs outputs whose losses read the internal memory order
   * @param blocks receives the memory of the native descriptors; the caller must free it, also
   *     after an exception
   */
  public Builder(
      Network network,
      Weights weights,
      Conv2dPrecision products,
      int batch,
      boolean training,
      int segments,
      Set<String> rowOutputs,
      List<OffHeap> blocks) {
    if (weights != null && weights.network() != network) {
      throw new IllegalArgumentException("plan: the weights belong to another network");
    }
    this.network = network;
    this.weights = weights;
    this.products = weights == null ? products : weights.products();
    this.batch = batch;
    this.training = training;
    this.blocks = blocks;
    this.frozen = weights == null ? Frozen.NOTHING : weights.frozen();
    List<Chain> chains = Fusion.chains(network, training, frozen);
    Map<String, Shape> shapes = network.shapes();
    int ahead = training ? (int) chains.stream().filter(c -> frozen.ahead(c.name())).count() : 0;
    this.timeline = Timeline.of(chains, ahead, shapes, network.outputs(), segments, 1);
    this.saved = new SavedValues(this);
    this.consumers = new Consumers(network, chains, training);
    this.pixels = Orders.of(network);
    this.bytes =
        training || this.products == Conv2dPrecision.STRICT || packedForTraining()
            ? Map.of()
            : ByteValues.of(network);
    this.halves = new Bf16Values(this, network, chains);
    boolean toInputs = training && frozen.reachesInputs();
    Map<String, Value> values = new HashMap<>();
    inputPlanes = !toInputs && PlanesReader.reads(this, network, chains);
    Map<String, Integer> makers = new HashMap<>();
    network
        .inputs()
        .forEach(
            (name, shape) -> {
              TensorType type = TensorType.of(shape, inputPlanes ? 1 : pixels.get(name));
              Slot diff = toInputs ? slot(type).at(timeline.end()) : null;
              inputs.put(name, new Value(type, slot(type).at(0), diff, true));
              makers.put(name, 0);
            });
    values.putAll(inputs);
    for (Chain chain : chains) {
      this.chain = chain;
      List<Value> in = new ArrayList<>();
      Set<String> met = new HashSet<>();
      for (String from : chain.inputs()) {
        boolean first = met.add(consumers.root(from));
        boolean passes = timeline.segment(makers.get(from)) != timeline.segment(index);
        Value value = passes ? values.get(from).pin() : values.get(from);
        in.add(ReaderGradients.of(this, chain, from, value, first));
      }
      makers.put(chain.name(), index);
      Value made = LayerPlans.lower(this, chain, in, shapes.get(chain.name()));
      values.put(chain.name(), made);
      if (made.diff != null && !consumers.isRead(chain.name())) {
        ops.add(new NoGradientOp(made.diff.at(backwardTime())));
      }
      saved.endOfNode();
      this.made.add(new Made(chain, ops.size(), made));
      index++;
    }
    new OutputValues(this, rowOutputs).make(network.outputs(), values);
    saved.settle();
  }

  /** Returns the network's first input. */
  public Value input() {
    return inputs.values().iterator().next();
  }

  /** Returns whether the current node has a backward pass. */
  public boolean backward() {
    return training && !frozen.ahead(chain.name());
  }

  /** Returns the data type in which a node's weight is stored. */
  public DType dtype(String node) {
    return weights == null ? DType.F32 : weights.dtype(node);
  }

  /**
   * Returns whether weights are packed for backward passes as well. This is also true for an
   * evaluation plan that shares a trainer's weights.
   */
  public boolean packedForTraining() {
    return weights == null ? training : weights.trained();
  }

  public int lossTime() {
    return timeline.loss();
  }

  public int endTime() {
    return timeline.end();
  }

  /** Returns the index in the network of the current chain's last node, from 0. */
  public int nodeIndex() {
    return network.nodes().indexOf(chain.last());
  }

  /** Returns the properties of the current chain's last layer. */
  public Network.Facts facts() {
    return network.facts(chain.name());
  }

  public String nodeName() {
    return chain.name();
  }

  /** Returns the index of the current chain's segment. */
  int segment() {
    return timeline.segment(index);
  }

  public int forwardTime() {
    return timeline.forward(index);
  }

  public int backwardTime() {
    return timeline.backward(index);
  }

  /** Reserves memory for a value of this type, for a whole batch. */
  public Slot slot(TensorType type) {
    return slab.slot(type.bytes(batch));
  }

  public Pointer descriptor() {
    OffHeap b = DescriptorMemory.allocate();
    blocks.add(b);
    return b.pointer(0);
  }

  /** Returns the memory order that readers of the current node's output expect. */
  public long nodeOrder() {
    return pixels.get(chain.name());
  }

  /** Returns the element type that readers of the current node's output expect. */
  public ElementType element() {
    return bytes.getOrDefault(chain.name(), halves.of(chain));
  }

  /** Returns whether the current chain's operation reads a value's type. */
  boolean reads(LayerPlan<?> plan, Value v) {
    if (v.type.element().isBf16()) {
      return halves.reads(chain);
    }
    return !v.type.element().isByte() || plan.readsBytes(this);
  }

  /** Returns the current node's float output type, in the memory order that readers expect. */
  public TensorType outType(Shape out) {
    return TensorType.of(out, nodeOrder());
  }

  /**
   * Returns a new value that is not computed from inputs. A trainable value has a gradient if the
   * current node has a backward pass.
   */
  public Value source(Shape shape, boolean trainable) {
    TensorType type = outType(shape);
    Slot diff = trainable && backward() ? slot(type).at(backwardTime()) : null;
    return new Value(type, slot(type).at(forwardTime()), diff, false);
  }

  /**
   * Returns a new value that is computed from several inputs. The value has a gradient if an input
   * has one.
   */
  public Value merge(List<Value> inputs, Shape out) {
    return merge(inputs, outType(out));
  }

  public Value merge(List<Value> inputs, TensorType type) {
    inputs.forEach(in -> in.data.at(forwardTime()));
    boolean gradient = inputs.stream().anyMatch(in -> in.diff != null);
    Value to = new Value(type, slot(type).at(forwardTime()), gradient ? slot(type) : null, false);
    inputs.forEach(in -> touchDiffs(in, to));
    return to;
  }

  /**
   * Returns a new value that is computed from {@code in} and has separate memory.
   *
   * @param pinned whether the backward pass reads the value, which must then not be overwritten
   */
  public Value value(Value in, Shape shape, boolean pinned) {
    return value(in, outType(shape), pinned);
  }

  public Value value(Value in, TensorType type, boolean pinned) {
    in.data.at(forwardTime());
    return new Value(
        type, slot(type).at(forwardTime()), in.diff == null ? null : slot(type), pinned);
  }

  /**
   * Returns a new value that depends on weights. It has a gradient if the current node has a
   * backward pass.
   */
  public Value trainable(Value in, Shape shape) {
    return trainable(in, outType(shape));
  }

  public Value trainable(Value in, TensorType type) {
    in.data.at(forwardTime());
    return new Value(type, slot(type).at(forwardTime()), backward() ? slot(type) : null, false);
  }

  /**
   * Records that the current node's backward pass reads the gradient of {@code out} and writes the
   * gradient of {@code in}.
   */
  public void touchDiffs(Value in, Value out) {
    if (out.diff != null) {
      out.diff.at(backwardTime());
      if (in.diff != null) {
        in.diff.at(backwardTime());
      }
    }
  }

  /** Records that the current node's backward pass reads a value, which may be rounded to bf16. */
  public void keepForBackward(Value v) {
    saved.keep(v);
  }

  /** Returns a node's weights; null for a plan without weights. */
  public LayerWeights weightsOf(String node) {
    return weights == null ? null : weights.layer(node);
  }

  public LayerWeights weightsOfNode() {
    return weightsOf(chain.name());
  }

  /** Reserves memory for the current node's forward pass only. */
  public Slot forwardSlot(long bytes) {
    return slab.slot(bytes).at(forwardTime());
  }

  /**
   * Returns a workspace for a convolution's forward pass. All convolutions without a backward pass
   * share one workspace, so that each thread's part remains in its core's cache: reading cache
   * lines that another core wrote last costs more than the computation.
   */
  public Slot forwardWorkspace(long bytes) {
    if (backward()) {
      return forwardSlot(bytes);
    }
    if (workspace == null) {
      workspace = training ? slab.slot(bytes) : slab.slot(bytes).at(0).at(endTime());
    }
    slab.grow(workspace, bytes);
    return workspace.at(forwardTime());
  }

  /** Reserves memory that the current node's forward pass writes and its backward pass reads. */
  public Slot savedSlot(long bytes) {
    Slot saved = forwardSlot(bytes);
    return backward() ? saved.at(backwardTime()) : saved;
  }

  /**
   * Reserves memory for the current node's backward pass only; returns null without a backward
   * pass.
   */
  public Slot backwardSlot(long bytes) {
    return backward() ? slab.slot(bytes).at(backwardTime()) : null;
  }

  /**
   * Returns an output in the memory of {@code in} or, if {@code in} is still needed, in new memory.
   * For elementwise layers whose backward pass reads the output.
   */
  public Value inPlace(Value in, Shape out) {
    Value to = over(in, out, true);
    if (to.diff != null) {
      keepForBackward(to);
    }
    return to;
  }

  /**
   * Returns an output in the memory of {@code in} or, if {@code in} is still needed, in new memory.
   * For elementwise layers whose backward pass reads neither input nor output.
   */
  public Value over(Value in, Shape out) {
    return over(in, out, false);
  }

  private Value over(Value in, Shape out, boolean pinned) {
    boolean apart = in.pinned || !consumers.isOnly(chain.inputs().get(0));
    if (!apart) {
      saved.overwritten(in.data);
    }
    Value to = apart ? value(in, out, pinned) : new Value(outType(out), in.data, in.diff, pinned);
    to.data.at(forwardTime());
    touchDiffs(in, to);
    return to;
  }
}
