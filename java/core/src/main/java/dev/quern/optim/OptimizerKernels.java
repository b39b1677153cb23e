package dev.quern.optim;

import dev.quern.kernel.optim.AdamKernel;
import dev.quern.kernel.optim.MuonKernel;
import dev.quern.kernel.optim.OptimizerAccess;
import dev.quern.kernel.optim.OptimizerKernel;
import dev.quern.kernel.optim.RmsPropKernel;
import dev.quern.kernel.optim.SgdKernel;
import org.bytedeco.javacpp.Pointer;

/** Creates the kernel of each optimizer. */
final class OptimizerKernels extends OptimizerAccess {
  @Override
  protected Object askedOnce(Object optimizer) {
    return AskedOptimizer.of((Optimizer) optimizer);
  }

  @Override
  public OptimizerKernel kernel(Object optimizer, Pointer at) {
    if (optimizer instanceof Sgd s) {
      return new SgdKernel(at, s.lr(), s.momentum(), s.weightDecay(), s.nesterov());
    }
    if (optimizer instanceof Adam a) {
      return new AdamKernel(at, a.lr(), a.beta1(), a.beta2(), a.eps(), a.weightDecay(), false);
    }
    if (optimizer instanceof AdamW a) {
      return new AdamKernel(at, a.lr(), a.beta1(), a.beta2(), a.eps(), a.weightDecay(), true);
    }
    if (optimizer instanceof RmsProp r) {
      return new RmsPropKernel(
          at, r.lr(), r.alpha(), r.eps(), r.weightDecay(), r.momentum(), r.centered());
    }
    if (optimizer instanceof CustomOptimizer own) {
      return new CustomKernel((AskedOptimizer) AskedOptimizer.of(own));
    }
    Muon m = (Muon) optimizer;
    Muon.Coefficients ns = m.nsCoefficients();
    return new MuonKernel(
        at,
        m.lr(),
        m.weightDecay(),
        m.momentum(),
        m.nesterov(),
        ns.a(),
        ns.b(),
        ns.c(),
        m.eps(),
        m.nsSteps(),
        m.normalizeWeights());
  }
}
