package dev.quern.recipe;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.data.Dataset;
import dev.quern.init.CustomInit;
import dev.quern.init.Init;
import dev.quern.init.Whitening;
import dev.quern.loss.CrossEntropy;
import dev.quern.optim.Muon;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.train.TrainerBuilder;

/**
 * The recipe of Jordan's airbench94 with Muon: frozen whitening filters, Dirac initialization of
 * later filters, Muon with normalized filters, and SGD for biases and the head. The original sums
 * the loss over the batch and divides the head's output by 256, the head's number of inputs; this
 * recipe uses the mean loss, and smaller initial weights and a smaller learning rate for the head,
 * which is equivalent. The original uses batches of 2,000 images, crops by 2 pixels, and a learning
 * rate of 0.24 for filters. Here, batches of 1,000 images learn more per epoch, and crops by 4
 * pixels, as in airbench95, suit more epochs.
 */
final class SpeednetRecipe {
  static final int BATCH = 1000;
  private static final int CROP = 4;
  private static final int WHITENED = 5000;
  private static final int HEAD_INPUTS = 256;
  private static final float FILTER_LR = 0.17f;
  private static final float BIAS_LR = 0.053f * BATCH;
  private static final float HEAD_LR = 0.67f * BATCH / (HEAD_INPUTS * HEAD_INPUTS);

  /** Weight decay per update, not multiplied by the learning rate. */
  private static final float DECAY = 2e-6f * BATCH;

  private static final CustomInit FILTERS =
      (shape, random, values) -> {
        put(Init.kaimingUniform().values(shape, random.bits(), 0), values);
        // output channel i copies input channel i; further output channels remain random
        int handedOn = (int) Math.min(shape.dim(0), shape.dim(1));
        float[] dirac = Init.dirac().values(shape, 0, 0);
        System.arraycopy(dirac, 0, values, 0, handedOn * values.length / (int) shape.dim(0));
      };

  /** Initializes the head with a standard deviation of 1 / 256. */
  private static final CustomInit HEAD =
      (shape, random, values) -> {
        put(Init.kaimingUniform().values(shape, random.bits(), 0), values);
        double squares = 0;
        for (float v : values) {
          squares += (double) v * v;
        }
        double scale = 1 / (HEAD_INPUTS * Math.sqrt(squares / values.length));
        for (int i = 0; i < values.length; i++) {
          values[i] *= (float) scale;
        }
      };

  private SpeednetRecipe() {}

  private static void put(float[] from, float[] to) {
    System.arraycopy(from, 0, to, 0, to.length);
  }

  static void fill(TrainerBuilder b, Dataset train) {
    Dataset some = train.slice(0, Math.min(WHITENED, train.size()));
    Sgd rest = new Sgd(BIAS_LR, 0.85f, DECAY / BIAS_LR, true);
    b.augment(new RandomCrop(CROP, PaddingMode.REFLECT), new AlternatingFlip())
        .weights(Whitening.weights("whiten.weight", some, train.normalization()))
        .freeze("whiten.weight", "*.bn.weight")
        .initialize("group*.conv.weight", FILTERS)
        .initialize("fc.weight", HEAD)
        .optimizer(
            new Muon(FILTER_LR, 0, 0.6f, true, Muon.Coefficients.DEFAULT, 1e-7, 3, true, rest))
        .group(new ParameterGroup("fc.weight", HEAD_LR / BIAS_LR, DECAY / HEAD_LR))
        .schedule(Schedule.polynomial(1))
        .loss(new CrossEntropy(0.2f));
  }
}
