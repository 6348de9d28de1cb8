/// One file for Kubernetes: a ConfigMap with each node's redis.conf and the script, a headless Service, a StatefulSet
/// whose pods are the nodes in order, a budget for disruptions, and a Job that joins them.
struct KubernetesExport {
    let cluster: ClusterTopology
    let options: ExportOptions

    private static let port = 6379
    private static let busPort = 16_379

    var files: [ExportedFile] {
        let documents = [configMap, service, statefulSet, budget, job]
        return [
            ExportedFile(path: "redis-cluster.yaml", text: documents.joined(separator: "---\n"))
        ]
    }

    /// The pods' names are the StatefulSet's with their number.
    private var pods: ClusterTopology {
        var nodes = cluster.nodes
        for index in nodes.indices { nodes[index].name = "\(options.name)-\(index)" }
        return ClusterTopology(nodes: nodes, version: cluster.version)
    }

    private var confs: String {
        let pods = pods
        return pods.nodes.map { node in
            let conf = RedisConf(
                cluster: pods, node: node, port: Self.port, folder: "/data", bind: nil)
            return "\(node.name).conf: |\n\(conf.text.indented(by: 2))"
        }.joined()
    }

    private var script: String {
        BuildScript(
            cluster: pods,
            places: pods.nodes.map {
                BuildScript.Place(
                    host: "\($0.name).\(options.name)", port: Self.port, busPort: Self.busPort)
            }
        ).text
    }

    private var configMap: String {
        """
        # A Redis Cluster exported by clusterlab: `kubectl apply -f redis-cluster.yaml` starts its nodes and joins them.
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: \(options.name)
        data:
        \(confs.indented(by: 2))  build.sh: |
        \(script.indented(by: 4))
        """
    }

    private var service: String {
        """
        apiVersion: v1
        kind: Service
        metadata:
          name: \(options.name)
        spec:
          clusterIP: None
          # Nodes have to find one another before the cluster is well.
          publishNotReadyAddresses: true
          selector:
            app: \(options.name)
          ports:
            - name: redis
              port: \(Self.port)
            - name: bus
              port: \(Self.busPort)

        """
    }

    private var statefulSet: String {
        """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata:
          name: \(options.name)
        spec:
          serviceName: \(options.name)
          replicas: \(cluster.nodes.count)
          podManagementPolicy: Parallel
          selector:
            matchLabels:
              app: \(options.name)
          template:
            metadata:
              labels:
                app: \(options.name)
            spec:
              terminationGracePeriodSeconds: 60
              affinity:
                podAntiAffinity:
                  preferredDuringSchedulingIgnoredDuringExecution:
                    - weight: 100
                      podAffinityTerm:
                        topologyKey: kubernetes.io/hostname
                        labelSelector:
                          matchLabels:
                            app: \(options.name)
              containers:
        \(container.indented(by: 8))
              volumes:
                - name: conf
                  configMap:
                    name: \(options.name)
          volumeClaimTemplates:
            - metadata:
                name: data
              spec:
                accessModes: ["ReadWriteOnce"]
                resources:
                  requests:
                    storage: \(options.storage)

        """
    }

    /// A pod that comes back has another address, and tells it to the others.
    private var container: String {
        """
        - name: redis
          image: \(options.image)
          command: ["redis-server", "/conf/$(POD_NAME).conf", "--cluster-announce-ip", "$(POD_IP)"]
          env:
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            - name: POD_IP
              valueFrom:
                fieldRef:
                  fieldPath: status.podIP
          ports:
            - name: redis
              containerPort: \(Self.port)
            - name: bus
              containerPort: \(Self.busPort)
          readinessProbe:
            exec:
              command: ["sh", "-c", "redis-cli PING | grep -qE 'PONG|NOAUTH|LOADING'"]
            periodSeconds: 2
            timeoutSeconds: 3
          livenessProbe:
            tcpSocket:
              port: redis
            initialDelaySeconds: 20
            periodSeconds: 10
          volumeMounts:
            - name: data
              mountPath: /data
            - name: conf
              mountPath: /conf
        """
    }

    private var budget: String {
        """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata:
          name: \(options.name)
        spec:
          maxUnavailable: 1
          selector:
            matchLabels:
              app: \(options.name)

        """
    }

    private var job: String {
        """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: \(options.name)-build
        spec:
          backoffLimit: 6
          template:
            spec:
              restartPolicy: OnFailure
              containers:
                - name: build
                  image: \(options.image)
                  command: ["sh", "/conf/build.sh"]
                  env:
                    # Where the nodes have a password it is the member `password` of the secret `\(options.name)`.
                    - name: REDISCLI_AUTH
                      valueFrom:
                        secretKeyRef:
                          name: \(options.name)
                          key: password
                          optional: true
                  volumeMounts:
                    - name: conf
                      mountPath: /conf
              volumes:
                - name: conf
                  configMap:
                    name: \(options.name)

        """
    }
}
