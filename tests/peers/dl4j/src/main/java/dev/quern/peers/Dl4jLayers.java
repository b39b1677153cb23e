package dev.quern.peers;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A network as a DL4J configuration; a value is the name of the vertex that carries it. A ReLU that
 * alone reads a layer goes into that layer, as is usual there.
 */
final class Dl4jLayers implements Translation<String> {
  private final GraphBuilder graph;

  /** The last layer, which here includes softmax and loss. */
  private final String last;

  /** The layers that apply the ReLU behind them. */
  private final Set<String> fused = new HashSet<>();

  private Dl4jLayers(GraphBuilder graph, Network network) {
    this.graph = graph;
    last = network.nodes().get(network.nodes().size() - 1).name();
    Map<String, Integer> readers = new HashMap<>();
    network.nodes().forEach(n -> n.inputs().forEach(from -> readers.merge(from, 1, Integer::sum)));
    Map<String, Network.Node> nodes = new HashMap<>();
    network.nodes().forEach(n -> nodes.put(n.name(), n));
    for (Network.Node n : network.nodes()) {
      Network.Node from = nodes.get(n.inputs().get(0));
      if (n.layer() instanceof Relu && from != null && readers.get(from.name()) == 1) {
        boolean activates =
            from.layer() instanceof Conv2d
                || from.layer() instanceof BatchNorm2d
                || from.layer() instanceof Linear;
        if (activates) {
          fused.add(from.name());
        }
      }
    }
  }

  static ComputationGraphConfiguration configure(Network network) {
    Shape in = network.input();
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .weightInit(WeightInit.RELU)
            // Nesterov's form: there is no plain momentum
            .updater(new Nesterovs(Workload.LEARNING_RATE, Workload.MOMENTUM))
            .activation(Activation.IDENTITY)
            .convolutionMode(ConvolutionMode.Truncate)
            .graphBuilder()
            .addInputs(Network.INPUT)
            .setInputTypes(InputType.convolutional(in.dim(1), in.dim(2), in.dim(0)));
    String output = new Dl4jLayers(graph, network).translate(network, Network.INPUT);
    return graph.setOutputs(output).build();
  }

  @Override
  public String conv2d(Place<String> at, Conv2d conv) {
    int[] kernel = array(conv.kernel());
    int[] stride = array(conv.stride());
    int[] padding = array(conv.padding());
    if (conv.groups() == 1) {
      return layer(
          at,
          new ConvolutionLayer.Builder(kernel, stride, padding)
              .nOut(conv.outChannels())
              .hasBias(conv.bias())
              .activation(activation(at))
              .build());
    } else if (conv.groups() != at.channelsIn() || conv.groups() != conv.outChannels()) {
      throw new UnsupportedOperationException("layer " + at.name() + " has groups: " + conv);
    }
    return layer(
        at,
        new DepthwiseConvolution2D.Builder(kernel, stride, padding)
            .depthMultiplier(1)
            .nOut(conv.outChannels())
            .hasBias(conv.bias())
            .activation(activation(at))
            .build());
  }

  @Override
  public String batchNorm2d(Place<String> at, BatchNorm2d norm) {
    return layer(
        at,
        new BatchNormalization.Builder()
            .eps(norm.eps())
            .decay(1 - norm.momentum())
            .activation(activation(at))
            .build());
  }

  @Override
  public String relu(Place<String> at) {
    return fused.contains(at.value())
        ? at.value()
        : layer(at, new ActivationLayer(Activation.RELU));
  }

  @Override
  public String maxPool2d(Place<String> at, MaxPool2d pool) {
    return layer(
        at,
        new SubsamplingLayer.Builder(
                SubsamplingLayer.PoolingType.MAX,
                array(pool.kernel()),
                array(pool.stride()),
                array(pool.padding()))
            .build());
  }

  @Override
  public String globalMean(Place<String> at) {
    return layer(at, new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
  }

  /** DL4J flattens by itself where a dense layer follows. */
  @Override
  public String flatten(Place<String> at) {
    return at.value();
  }

  @Override
  public String linear(Place<String> at, Linear linear) {
    if (at.name().equals(last)) {
      return layer(
          at,
          new OutputLayer.Builder(LossFunction.MCXENT)
              .nOut(linear.outFeatures())
              .activation(Activation.SOFTMAX)
              .build());
    }
    return layer(
        at, new DenseLayer.Builder().nOut(linear.outFeatures()).activation(activation(at)).build());
  }

  @Override
  public String add(Place<String> at) {
    graph.addVertex(
        at.name(), new ElementWiseVertex(ElementWiseVertex.Op.Add), at.value(), at.inputs().get(1));
    return at.name();
  }

  private String layer(Place<String> at, org.deeplearning4j.nn.conf.layers.Layer layer) {
    graph.addLayer(at.name(), layer, at.value());
    return at.name();
  }

  private Activation activation(Place<String> at) {
    return fused.contains(at.name()) ? Activation.RELU : Activation.IDENTITY;
  }

  private static int[] array(Size size) {
    return new int[] {size.height(), size.width()};
  }
}
