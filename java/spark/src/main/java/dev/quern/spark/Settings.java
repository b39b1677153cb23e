package dev.quern.spark;

import dev.quern.augment.Augmentation;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.NetworkJson;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings from which the trainers of the driver and the executors are built.
 *
 * @param run the identifier of the run
 * @param network the network as JSON
 * @param schedule the learning-rate schedule in the format of {@link Schedule#parse}
 * @param mean the mean of each input channel
 * @param std the standard deviation of each input channel
 */
record Settings(
    String run,
    String network,
    String optimizer,
    float lr,
    float momentum,
    float weightDecay,
    String schedule,
    int batch,
    long seed,
    int crop,
    boolean flip,
    float[] mean,
    float[] std)
    implements Serializable {
  TrainerBuilder builder() {
    List<Augmentation> all = new ArrayList<>();
    if (crop > 0) {
      all.add(new RandomCrop(crop, PaddingMode.REFLECT));
    }
    if (flip) {
      all.add(new RandomHorizontalFlip());
    }
    return Trainer.builder(NetworkJson.read(network))
        .batch(batch)
        .seed(seed)
        .optimizer(optimizerNamed())
        .schedule(Schedule.parse(schedule))
        .augment(all.toArray(Augmentation[]::new))
        .normalization(new Normalization(mean, std));
  }

  private Optimizer optimizerNamed() {
    return switch (optimizer) {
      case "sgd" -> new Sgd(lr, momentum, weightDecay, false);
      case "adam" -> new Adam(lr).withWeightDecay(weightDecay);
      case "adamw" -> new AdamW(lr).withWeightDecay(weightDecay);
      case "muon" -> new Muon(lr).withWeightDecay(weightDecay);
      default ->
          throw new InvalidArgumentException(
              "spark: optimizer " + optimizer + " is not one of sgd, adam, adamw, muon");
    };
  }
}
