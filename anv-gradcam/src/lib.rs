//! Feature maps and guided-ReLU Grad-CAM weights of every convolution in one forward and one backward pass.
