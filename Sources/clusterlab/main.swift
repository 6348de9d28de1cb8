print("clusterlab")
