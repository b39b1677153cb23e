package dev.quern.peers;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.network.Network;
import dev.quern.tensor.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A network in training, layer by layer, channels last: the order that PyTorch computes fastest.
 */
final class PyTorchNetwork {
  /** A layer with its weights. */
  private interface Operator {
    Tensor run(List<Tensor> inputs);
  }

  private final Network network;
  private final Map<String, Operator> operators = new HashMap<>();
  private final TensorVector parameters = new TensorVector();

  PyTorchNetwork(Network network) {
    this.network = network;
    new Operators().translate(network, null);
  }

  TensorVector parameters() {
    return parameters;
  }

  Tensor forward(Tensor images) {
    Map<String, Tensor> values = new HashMap<>();
    values.put(Network.INPUT, images);
    Tensor last = images;
    for (Network.Node node : network.nodes()) {
      last = operators.get(node.name()).run(node.inputs().stream().map(values::get).toList());
      values.put(node.name(), last);
    }
    return last;
  }

  static Tensor channelsLast(Tensor tensor) {
    return tensor.contiguous(torch.MemoryFormat.ChannelsLast);
  }

  private TensorOptional parameter(Tensor values) {
    Tensor parameter = values.set_requires_grad(true);
    parameters.push_back(parameter);
    return new TensorOptional(parameter);
  }

  /** N(0, 2 / terms of a sum). */
  private static Tensor gaussians(long... shape) {
    long terms = 1;
    for (int i = 1; i < shape.length; i++) {
      terms *= shape[i];
    }
    return torch.randn(shape).mul(new Scalar(Math.sqrt(2.0 / terms)));
  }

  private static long[] numbers(Size size) {
    return new long[] {size.height(), size.width()};
  }

  private final class Operators implements Translation<Operator> {
    private Operator put(Place<Operator> at, Operator operator) {
      operators.put(at.name(), operator);
      return operator;
    }

    @Override
    public Operator conv2d(Place<Operator> at, Conv2d conv) {
      long[] kernel = numbers(conv.kernel());
      Tensor values =
          gaussians(conv.outChannels(), at.channelsIn() / conv.groups(), kernel[0], kernel[1]);
      Tensor weight = parameter(channelsLast(values)).get();
      TensorOptional bias =
          conv.bias() ? parameter(torch.zeros(conv.outChannels())) : new TensorOptional();
      long[] stride = numbers(conv.stride());
      long[] padding = numbers(conv.padding());
      long[] dilation = {1, 1};
      return put(
          at,
          in -> torch.conv2d(in.get(0), weight, bias, stride, padding, dilation, conv.groups()));
    }

    @Override
    public Operator batchNorm2d(Place<Operator> at, BatchNorm2d norm) {
      long channels = at.channelsIn();
      TensorOptional weight = parameter(torch.ones(channels));
      TensorOptional bias = parameter(torch.zeros(channels));
      TensorOptional mean = new TensorOptional(torch.zeros(channels));
      TensorOptional var = new TensorOptional(torch.ones(channels));
      return put(
          at,
          in ->
              torch.batch_norm(
                  in.get(0), weight, bias, mean, var, true, norm.momentum(), norm.eps(), false));
    }

    @Override
    public Operator relu(Place<Operator> at) {
      return put(at, in -> in.get(0).relu_());
    }

    @Override
    public Operator relu6(Place<Operator> at) {
      return put(at, in -> torch.relu6_(in.get(0)));
    }

    @Override
    public Operator dropout(Place<Operator> at, Dropout dropout) {
      return put(at, in -> torch.dropout(in.get(0), dropout.p(), true));
    }

    @Override
    public Operator maxPool2d(Place<Operator> at, MaxPool2d pool) {
      long[] kernel = numbers(pool.kernel());
      long[] stride = numbers(pool.stride());
      long[] padding = numbers(pool.padding());
      long[] dilation = {1, 1};
      return put(at, in -> torch.max_pool2d(in.get(0), kernel, stride, padding, dilation, false));
    }

    @Override
    public Operator globalMean(Place<Operator> at) {
      return put(at, in -> torch.adaptive_avg_pool2d(in.get(0), 1, 1));
    }

    @Override
    public Operator flatten(Place<Operator> at) {
      return put(at, in -> in.get(0).flatten(1, -1));
    }

    @Override
    public Operator linear(Place<Operator> at, Linear linear) {
      Tensor weight = parameter(gaussians(linear.outFeatures(), at.input().dim(0))).get();
      TensorOptional bias = parameter(torch.zeros(linear.outFeatures()));
      return put(at, in -> torch.linear(in.get(0), weight, bias));
    }

    @Override
    public Operator add(Place<Operator> at) {
      return put(at, in -> in.get(0).add(in.get(1)));
    }
  }
}
