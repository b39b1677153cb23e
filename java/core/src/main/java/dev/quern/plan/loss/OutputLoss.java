package dev.quern.plan.loss;

import dev.quern.internal.arguments.UserCode;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import java.util.List;

/**
 * The training loss of one output.
 *
 * @param output the name of the output's node
 * @param weight the factor of this loss and its gradient
 */
public record OutputLoss(String output, Loss loss, double weight) {
  /** Returns a list with this loss for the network's first output. */
  public static List<OutputLoss> of(Network network, Loss loss) {
    return List.of(new OutputLoss(network.outputs().get(0), loss, 1));
  }

  /** Returns the losses of the outputs' tasks, one for each output. */
  public static List<OutputLoss> of(Network network) {
    return network.tasks().entrySet().stream()
        .map(of -> new OutputLoss(of.getKey(), of.getValue().trainedBy(), of.getValue().weight()))
        .toList();
  }

  /**
   * Returns this output's loss in the form for evaluation, {@link Loss#plain}, with an unchanged
   * weight.
   */
  public OutputLoss plain() {
    return new OutputLoss(output, plain(loss), weight);
  }

  private static Loss plain(Loss loss) {
    return loss instanceof CustomLoss
        ? UserCode.answer(UserCode.ofLoss(loss, "plain"), loss::plain)
        : loss.plain();
  }

  /**
   * Returns the type of a loss, see {@link Loss#type}; an exception of a custom loss is wrapped.
   */
  public static String type(Loss loss) {
    return loss instanceof CustomLoss
        ? UserCode.answer(UserCode.ofLoss(loss, "type"), loss::type)
        : loss.type();
  }

  /** Returns the text that represents a loss in checkpoints. */
  public static String text(Loss loss) {
    return loss instanceof CustomLoss own
        ? UserCode.answer(UserCode.ofLoss(loss, "name"), own::name)
        : loss.toString();
  }

  @Override
  public String toString() {
    return "OutputLoss[output=" + output + ", loss=" + text(loss) + ", weight=" + weight + "]";
  }
}
