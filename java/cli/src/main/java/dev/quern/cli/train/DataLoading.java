package dev.quern.cli.train;

import dev.quern.cli.data.DataOptions;
import dev.quern.cli.data.DataSource;
import dev.quern.cli.data.PartOptions;
import dev.quern.cli.data.SamplingOptions;
import dev.quern.cli.data.TrainingData;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.option.TaskOption;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.io.dataset.Split;
import dev.quern.network.Network;

/**
 * Loads the training, validation and test sets of a run and fits the network to them.
 *
 * @param schedule the value of {@code --schedule}, which may need a validation set
 */
record DataLoading(
    DataOptions data,
    TaskOption task,
    TransferOptions transfer,
    PartOptions parts,
    SamplingOptions sampling,
    BestOptions best,
    String schedule,
    long seed) {
  /**
   * Loads the data sets.
   *
   * @param anew true for a new run, in which the tasks of the network's outputs are determined;
   *     false for a resumed run, whose network already has tasks
   */
  TrainingData load(DataSource source, NetworkSource description, boolean anew) {
    Network network;
    Network described;
    MultiDataset all;
    if (description instanceof NetworkSource.BuiltIn builtIn) {
      Dataset only = data.load(source, Split.TRAIN);
      network = builtIn.network(only.shape(), TrainingData.outputs(builtIn.name(), only));
      described = network;
      all = DataOptions.named(network, only);
    } else {
      network = description.network();
      described = description instanceof NetworkSource.Kept kept ? kept.described() : network;
      all = data.load(source, Split.TRAIN, network);
      if (anew && transfer.isAsked()) {
        network = transfer.fitted(network, all, seed);
        described = network;
      }
      network = TrainingData.sized(network, all);
    }
    network = anew ? data.withTask(task.asked(network)) : network;
    TrainingData.requireFit(network, all);
    network = anew ? task.known(network, all) : network;
    MultiDataset test = data.load(source, Split.TEST, network);
    TrainingData.requireFit(network, test);
    best.requireValidation(parts.holdOut(data), schedule);
    TrainingData sets = new TrainingData(network, described, all, null, test);
    return sampling.applied(parts.divide(sets, data, seed), seed);
  }
}
