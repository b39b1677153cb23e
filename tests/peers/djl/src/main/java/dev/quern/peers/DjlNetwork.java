package dev.quern.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.network.Network;
import dev.quern.tensor.Size;
import java.util.HashMap;
import java.util.Map;

/** A network as a block of DJL's, each of its layers one of DJL's own blocks. */
final class DjlNetwork extends AbstractBlock {
  private final Network network;
  private final Map<String, Block> layers = new HashMap<>();

  DjlNetwork(Network network) {
    this.network = network;
    new Layers().translate(network, null);
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore parameters,
      NDList inputs,
      boolean training,
      PairList<String, Object> arguments) {
    Map<String, NDArray> values = new HashMap<>();
    values.put(Network.INPUT, inputs.head());
    NDList last = inputs;
    for (Network.Node node : network.nodes()) {
      NDList from = new NDList();
      node.inputs().forEach(name -> from.add(values.get(name)));
      last = layers.get(node.name()).forward(parameters, from, training);
      values.put(node.name(), last.head());
    }
    return last;
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    return new Shape[] {shape(network.output(), inputs[0].get(0))};
  }

  @Override
  protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
    Map<String, dev.quern.tensor.Shape> shapes = network.shapes();
    for (Network.Node node : network.nodes()) {
      Shape from = shape(shapes.get(node.inputs().get(0)), inputs[0].get(0));
      layers.get(node.name()).initialize(manager, type, from);
    }
  }

  private static Shape shape(dev.quern.tensor.Shape sample, long batch) {
    return new Shape(sample.batch(batch).toArray());
  }

  private static Shape shape(Size size) {
    return new Shape(size.height(), size.width());
  }

  /** Makes the blocks; who feeds whom is left to the forward pass. */
  private final class Layers implements Translation<Block> {
    private Block child(Place<Block> at, Block block) {
      layers.put(at.name(), addChildBlock(at.name(), block));
      return block;
    }

    @Override
    public Block conv2d(Place<Block> at, Conv2d conv) {
      return child(
          at,
          ai.djl.nn.convolutional.Conv2d.builder()
              .setFilters(conv.outChannels())
              .setKernelShape(shape(conv.kernel()))
              .optStride(shape(conv.stride()))
              .optPadding(shape(conv.padding()))
              .optGroups(conv.groups())
              .optBias(conv.bias())
              .build());
    }

    @Override
    public Block batchNorm2d(Place<Block> at, BatchNorm2d norm) {
      return child(
          at,
          ai.djl.nn.norm.BatchNorm.builder()
              .optEpsilon(norm.eps())
              .optMomentum(norm.momentum())
              .build());
    }

    @Override
    public Block relu(Place<Block> at) {
      return child(at, Activation.reluBlock());
    }

    @Override
    public Block maxPool2d(Place<Block> at, MaxPool2d pool) {
      return child(
          at,
          Pool.maxPool2dBlock(shape(pool.kernel()), shape(pool.stride()), shape(pool.padding())));
    }

    @Override
    public Block globalMean(Place<Block> at) {
      return child(at, Pool.globalAvgPool2dBlock());
    }

    @Override
    public Block flatten(Place<Block> at) {
      return child(at, Blocks.batchFlattenBlock());
    }

    @Override
    public Block linear(Place<Block> at, Linear linear) {
      return child(at, ai.djl.nn.core.Linear.builder().setUnits(linear.outFeatures()).build());
    }

    @Override
    public Block add(Place<Block> at) {
      return child(at, new LambdaBlock(x -> new NDList(x.get(0).add(x.get(1))), "add"));
    }
  }
}
